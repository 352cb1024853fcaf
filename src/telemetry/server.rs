//! `/healthz`, `/readyz` and `/metrics` over HTTP.

use std::{
    collections::VecDeque,
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
    task::AbortHandle,
};

use super::{health::Health, metrics::Metrics};

/// Limits on what clients can occupy.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Open connections at once. A further one closes the oldest, so that a probe is always answered.
    connections: usize,
    /// How long a client may take to send its request.
    request: Duration,
    /// How long a connection may last, including the answer.
    connection: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 64,
            request: Duration::from_secs(2),
            connection: Duration::from_secs(10),
        }
    }
}

/// Longest request in bytes.
const MAX_REQUEST_SIZE: usize = 16 << 10;
/// Pause after a connection could not be accepted.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(100);

const TEXT: &str = "text/plain; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is served.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// Behind `/readyz`.
    pub health: Health,
    /// Behind `/metrics`, once the controller runs.
    pub metrics: Arc<OnceLock<Metrics>>,
}

/// Listens on an address and serves until the process ends. Returns the address with the actual port.
///
/// # Errors
///
/// If the address cannot be listened on.
pub async fn serve(address: SocketAddr, served: Served) -> io::Result<SocketAddr> {
    serve_within(Limits::default(), address, served).await
}

async fn serve_within(
    limits: Limits,
    address: SocketAddr,
    served: Served,
) -> io::Result<SocketAddr> {
    let listener = match TcpListener::bind(address).await {
        // If the kernel has no IPv6, "all addresses" means all of IPv4.
        Err(_) if address.ip() == Ipv6Addr::UNSPECIFIED => {
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, address.port())).await?
        }
        bound => bound?,
    };
    let address = listener.local_addr()?;
    tokio::spawn(accept(listener, limits, served));
    Ok(address)
}

/// The open connections, the oldest first.
#[derive(Debug, Default)]
struct Open(VecDeque<AbortHandle>);

impl Open {
    /// Closes the oldest connections until fewer than `limit` are open.
    fn shrink_below(&mut self, limit: usize) {
        self.0.retain(|connection| !connection.is_finished());
        while self.0.len() >= limit.max(1) {
            if let Some(oldest) = self.0.pop_front() {
                oldest.abort();
            }
        }
    }
}

async fn accept(listener: TcpListener, limits: Limits, served: Served) {
    let mut open = Open::default();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                open.shrink_below(limits.connections);
                let connection = tokio::spawn(handle(stream, limits, served.clone()));
                open.0.push_back(connection.abort_handle());
                // Lets the connection answer its request before further ones may close it.
                tokio::task::yield_now().await;
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection on the health and metrics port");
                // Most likely the process is out of file descriptors: closing half of the connections frees some.
                open.shrink_below(limits.connections / 2);
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}

async fn handle(stream: TcpStream, limits: Limits, served: Served) {
    let answer = service_fn(|request: Request<Incoming>| {
        let response = answer(&served, request.method(), request.uri().path());
        async { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.request)
        .max_buf_size(MAX_REQUEST_SIZE)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer);
    match tokio::time::timeout(limits.connection, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::debug!(%error, "a connection to the health and metrics port ended early");
        }
        Err(_) => {
            tracing::debug!("a connection to the health and metrics port took too long");
        }
    }
}

fn answer(served: &Served, method: &Method, path: &str) -> Response<String> {
    if method != Method::GET && method != Method::HEAD {
        let mut response = text(
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET and HEAD are allowed\n",
        );
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
            "not found; available paths: /healthz, /readyz, /metrics\n",
        ),
    }
}

fn metrics(served: &Served) -> Response<String> {
    let Some(metrics) = served.metrics.get() else {
        let reason = "the controller is not running yet; /readyz says why\n";
        return text(StatusCode::SERVICE_UNAVAILABLE, reason);
    };
    match metrics.text() {
        Ok(metrics) => response(StatusCode::OK, OPEN_METRICS, metrics),
        Err(error) => text(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("could not encode the metrics: {error}\n"),
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

#[cfg(test)]
mod tests {
    use super::{Limits, Served, serve_within};
    use std::{
        io::{ErrorKind, Read, Write},
        net::{Ipv4Addr, SocketAddr, TcpStream},
        time::{Duration, Instant},
    };

    const NEVER: Duration = Duration::from_secs(3600);
    const DEADLINE: Duration = Duration::from_secs(30);

    async fn serve(limits: Limits) -> SocketAddr {
        serve_within(limits, (Ipv4Addr::LOCALHOST, 0).into(), Served::default())
            .await
            .unwrap()
    }

    fn connect(address: SocketAddr) -> TcpStream {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    fn probe(address: SocketAddr) -> String {
        let mut stream = connect(address);
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: probe\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Waits until the server closes the connection; returns whether it did.
    fn is_closed(mut stream: TcpStream) -> bool {
        match stream.read(&mut [0; 64]) {
            Ok(0) => true,
            Ok(_) => is_closed(stream),
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn the_probe_is_answered_whatever_connections_are_open() {
        // The time limits do not help here, only the limit on connections.
        let limits = Limits {
            request: NEVER,
            connection: NEVER,
            ..Limits::default()
        };
        let address = serve(limits).await;
        let idle: Vec<_> = (0..300).map(|_| connect(address)).collect();
        assert!(probe(address).starts_with("HTTP/1.1 200"));
        let newest = idle.last().unwrap();
        newest.set_nonblocking(true).unwrap();
        let waiting = (&*newest).read(&mut [0]).unwrap_err();
        assert_eq!(waiting.kind(), ErrorKind::WouldBlock, "the newest stay");
    }

    #[tokio::test]
    async fn the_probe_is_answered_though_many_connect_while_the_server_is_busy() {
        let limits = Limits {
            request: NEVER,
            connection: NEVER,
            ..Limits::default()
        };
        let address = serve(limits).await;
        // With one thread, the server handles none of them before all have connected.
        let mut probe = connect(address);
        probe
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: probe\r\n\r\n")
            .unwrap();
        let idle: Vec<_> = (0..100).map(|_| connect(address)).collect();
        let answer = tokio::task::spawn_blocking(move || {
            let mut answer = String::new();
            probe.read_to_string(&mut answer).map(|_| answer)
        });
        let answer = answer.await.unwrap().unwrap_or_default();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        drop(idle);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_client_that_sends_its_request_too_slowly_is_dropped() {
        let limits = Limits {
            request: NEVER,
            connection: Duration::from_millis(200),
            ..Limits::default()
        };
        let mut slow = connect(serve(limits).await);
        slow.write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
        assert!(is_closed(slow));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_request_without_an_end_is_refused() {
        let limits = Limits {
            request: NEVER,
            connection: NEVER,
            ..Limits::default()
        };
        let mut endless = connect(serve(limits).await);
        let began = Instant::now();
        let header = [b'a'; 1024];
        // The server stops reading; later writes fail on a closed connection.
        while began.elapsed() < DEADLINE && endless.write_all(&header).is_ok() {}
        assert!(is_closed(endless));
    }
}
