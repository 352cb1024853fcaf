//! Delivery of an answer to the caller: at once, late, in part, or not at all.

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

/// Returns the response to send, after a delay if one is due. May never return.
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

/// Keeps the head, with the length of the whole body, and only half of the body.
async fn cut(response: Response) -> Response {
    let (head, body) = response.into_parts();
    // The emulator made the body, so it is in memory and cannot fail.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = bytes.slice(..bytes.len() / 2);
    let mut response = Response::from_parts(head, Body::new(HalfBody::Unsent(half)));
    let length = bytes.len().to_string();
    set_header(&mut response, header::CONTENT_LENGTH.as_str(), &length);
    response
}

/// A body that fails after its first bytes, which makes hyper close the connection.
enum HalfBody {
    Unsent(Bytes),
    Sent,
    Flushed,
}

#[derive(Debug, thiserror::Error)]
#[error("the answer is cut off")]
struct CutOff;

impl hyper::body::Body for HalfBody {
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
            // hyper flushes only when the body is pending; without that, nothing would be sent.
            Self::Sent => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Flushed => Poll::Ready(Some(Err(CutOff))),
        }
    }
}
