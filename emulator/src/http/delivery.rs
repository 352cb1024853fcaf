//! How an answer reaches the caller: at once, late, in half, or not at all.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::header,
    response::Response,
};
use hyper::body::Frame;

use super::{response::set_header, server::Unanswered};
use crate::model::Delivery;

/// Waits, cuts or withholds, and then lets the response go.
pub(super) async fn deliver(delivery: Delivery, response: Response) -> Response {
    match delivery {
        Delivery::Answered => response,
        Delivery::Late { milliseconds } => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            response
        }
        Delivery::Cut => cut(response).await,
        Delivery::Timeout => std::future::pending().await,
        Delivery::ConnectionReset => {
            let mut response = Response::new(Body::empty());
            response.extensions_mut().insert(Unanswered);
            response
        }
    }
}

/// The whole head, which promises the whole body, and half of it.
async fn cut(response: Response) -> Response {
    let (head, body) = response.into_parts();
    // The body was made here and is in memory.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = bytes.slice(..bytes.len() / 2);
    let mut response = Response::from_parts(head, Body::new(Half::Unsent(half)));
    let length = bytes.len().to_string();
    set_header(&mut response, header::CONTENT_LENGTH.as_str(), &length);
    response
}

/// A body that fails after its first bytes, whereupon the connection is closed.
enum Half {
    Unsent(Bytes),
    Sent,
    Flushed,
}

#[derive(Debug, thiserror::Error)]
#[error("the answer is cut")]
struct CutOff;

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        match std::mem::replace(&mut *self, Self::Flushed) {
            Self::Unsent(bytes) => {
                *self = Self::Sent;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            // hyper flushes only when the body pauses; without that nothing would arrive at all.
            Self::Sent => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Flushed => Poll::Ready(Some(Err(CutOff))),
        }
    }
}
