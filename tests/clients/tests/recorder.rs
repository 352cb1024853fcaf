//! A proxy on the loopback interface that records the exchanges between a client and the emulator.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One request of a client and its response, as sent over the wire.
#[derive(Debug, Clone, Serialize)]
pub struct Exchange {
    pub client: &'static str,
    /// `X-Amz-Target`; STS has none.
    pub target: Option<String>,
    pub request: String,
    pub status: u16,
    pub answer: String,
}

/// The proxy. Dropping it stops it.
pub struct Recorder {
    address: SocketAddr,
    exchanges: Exchanges,
    server: JoinHandle<()>,
}

type Exchanges = Arc<Mutex<Vec<Exchange>>>;

#[derive(Clone)]
struct Forwarding {
    client: &'static str,
    emulator: u16,
    exchanges: Exchanges,
}

impl Recorder {
    /// Records the exchanges between `client` and the emulator on this port.
    pub async fn start(client: &'static str, emulator: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let exchanges = Exchanges::default();
        let forwarding = Forwarding {
            client,
            emulator,
            exchanges: exchanges.clone(),
        };
        let router = Router::new().fallback(record).with_state(forwarding);
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            exchanges,
            server,
        }
    }

    /// The endpoint URL for the client.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The exchanges so far, in the order of their responses.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap().clone()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// AWS calls go to `/`. Other requests control the emulator and are not recorded.
async fn record(
    State(forwarding): State<Forwarding>,
    request: Request,
) -> Result<Response, StatusCode> {
    let is_call = request.uri().path() == "/";
    let (head, body) = request.into_parts();
    let sent = all(body).await?;
    let target = target(&head.headers);
    let answer = forward(
        forwarding.emulator,
        Request::from_parts(head, sent.clone().into()),
    )
    .await
    .map_err(|_| StatusCode::BAD_GATEWAY)?;
    let (head, body) = answer.into_parts();
    let answered = all(Body::new(body)).await?;
    if is_call {
        forwarding.exchanges.lock().unwrap().push(Exchange {
            client: forwarding.client,
            target,
            request: text(&sent),
            status: head.status.as_u16(),
            answer: text(&answered),
        });
    }
    Ok(Response::from_parts(head, answered.into()))
}

async fn forward(
    port: u16,
    request: Request,
) -> Result<Response<hyper::body::Incoming>, Box<dyn std::error::Error>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}

async fn all(body: Body) -> Result<Bytes, StatusCode> {
    to_bytes(body, usize::MAX)
        .await
        .map_err(|_| StatusCode::BAD_GATEWAY)
}

fn target(headers: &HeaderMap) -> Option<String> {
    Some(headers.get("x-amz-target")?.to_str().ok()?.to_owned())
}

fn text(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
