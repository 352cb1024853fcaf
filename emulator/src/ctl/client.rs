//! A minimal HTTP client for the control endpoint.

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, Uri, header},
};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// The control endpoint of a running emulator.
pub(super) struct Client {
    url: String,
    authority: String,
    /// The host and the port, which the URL may omit.
    address: String,
}

impl Client {
    pub(super) fn new(url: &str) -> Result<Self, String> {
        let wrong = || format!("{url:?} is not a URL such as http://127.0.0.1:4566");
        let parsed: Uri = url.parse().map_err(|_| wrong())?;
        let authority = parsed.authority().ok_or_else(wrong)?;
        if parsed.scheme_str() != Some("http") {
            return Err(wrong());
        }
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            authority: authority.to_string(),
            address: format!("{}:{port}", authority.host()),
        })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, String> {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Value, String> {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.send(Method::POST, path, Body::from(body.to_string()))
            .await
    }

    async fn send(&self, method: Method, path: &str, body: Body) -> Result<Value, String> {
        let broken = |error: hyper::Error| format!("{} does not answer: {error}", self.url);
        let stream = TcpStream::connect(&self.address).await.map_err(|error| {
            format!(
                "cannot reach an emulator at {}: {error}. Start one with `ecs-express-emulator`, \
                 or pass its URL with --url or AWS_ENDPOINT_URL.",
                self.url
            )
        })?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let connection = tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(format!("/_emulator/{path}"))
            .header(header::HOST, &self.authority)
            .body(body)
            .map_err(|error| error.to_string())?;
        let response = sender.send_request(request).await.map_err(broken)?;
        let status = response.status();
        let bytes = to_bytes(Body::new(response.into_body()), usize::MAX)
            .await
            .map_err(|error| format!("{} did not finish its answer: {error}", self.url))?;
        drop(sender);
        connection.abort();
        let answer: Result<Value, _> = serde_json::from_slice(&bytes);
        match answer {
            Ok(answer) if status.is_success() => Ok(answer),
            Ok(answer) if answer["message"].is_string() => {
                Err(answer["message"].as_str().unwrap_or_default().to_owned())
            }
            Ok(_) | Err(_) => Err(format!(
                "{} answered {status}, but not in the form of an emulator. Check that the URL is that of one.",
                self.url
            )),
        }
    }
}
