//! `/healthz`, `/readyz` and `/metrics` over HTTP.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use hyper::{
    Method, Request, Response, StatusCode, body::Incoming, header, server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{health::Health, metrics::Metrics};

/// How long a client may take to send its request.
const REQUEST_TAKES: Duration = Duration::from_secs(2);
/// Connections at once; more wait.
const CONNECTIONS: usize = 64;

const TEXT: &str = "text/plain; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is served.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// Behind `/readyz`.
    pub health: Health,
    /// Behind `/metrics`, once the loop runs.
    pub metrics: Arc<OnceLock<Metrics>>,
}

/// Listens, and serves until the process ends. Returns the address.
pub async fn serve(address: SocketAddr, served: Served) -> io::Result<SocketAddr> {
    let listener = match TcpListener::bind(address).await {
        // Where the kernel has no IPv6, all addresses are those of IPv4.
        Err(_) if address.ip() == Ipv6Addr::UNSPECIFIED => {
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, address.port())).await?
        }
        bound => bound?,
    };
    let address = listener.local_addr()?;
    tokio::spawn(accept(listener, served));
    Ok(address)
}

async fn accept(listener: TcpListener, served: Served) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let served = served.clone();
                tokio::spawn(async move {
                    converse(stream, served).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the health and metrics port failed");
                // Out of file descriptors, most likely: others have to end first.
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, served: Served) {
    let answer = service_fn(|request: Request<Incoming>| {
        let response = answer(&served, request.method(), request.uri().path());
        async { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TAKES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection to the health and metrics port ended early");
    }
}

fn answer(served: &Served, method: &Method, path: &str) -> Response<String> {
    if method != Method::GET && method != Method::HEAD {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        let allowed = header::HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allowed);
        return response;
    }
    match path {
        "/healthz" => text(StatusCode::OK, "ok\n"),
        "/readyz" => {
            let readiness = served.health.readiness();
            let status = if readiness.ready {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            text(status, readiness.report)
        }
        "/metrics" => metrics(served),
        _ => text(
            StatusCode::NOT_FOUND,
            "there are /healthz, /readyz and /metrics\n",
        ),
    }
}

fn metrics(served: &Served) -> Response<String> {
    let Some(metrics) = served.metrics.get() else {
        let why = "the loop does not run yet; /readyz says why\n";
        return text(StatusCode::SERVICE_UNAVAILABLE, why);
    };
    match metrics.text() {
        Ok(metrics) => response(StatusCode::OK, OPEN_METRICS, metrics),
        Err(error) => text(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the metrics cannot be written: {error}\n"),
        ),
    }
}

fn text(status: StatusCode, body: impl Into<String>) -> Response<String> {
    response(status, TEXT, body.into())
}

fn response(status: StatusCode, kind: &'static str, body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
