//! An HTTP server that, unlike that of axum, can close a connection without an answer.

use std::{convert::Infallible, io, time::Duration};

use axum::{Router, response::Response};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// Marks a response that is not sent; its connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unanswered;

#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
struct ConnectionReset;

/// Serves until it is dropped, which also closes all connections.
pub(super) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, router.clone()));
                }
                Err(error) => pause_after(&error).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Pauses after a failed accept, for example without file descriptors, to avoid a busy loop.
async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(Duration::from_millis(50)).await;
}

async fn connection(stream: TcpStream, router: Router) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let answer = router.call(request);
        async move { sent(answer.await) }
    });
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection failed");
    }
}

fn sent(answer: Result<Response, Infallible>) -> Result<Response, ConnectionReset> {
    match answer {
        Ok(response) if response.extensions().get::<Unanswered>().is_some() => Err(ConnectionReset),
        Ok(response) => Ok(response),
    }
}
