//! A minimal HTTP client, and requests that several tests make.

use ecs_express_emulator::{Emulator, Settings};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) const SHOP: &str = "arn:aws:ecs:us-east-1:123456789012:service/default/shop";
pub(crate) const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 \
    Credential=AKID/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0";

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends a request and reads until the connection closes. Returns `None` if there is no answer.
pub(crate) async fn exchange(
    port: u16,
    start: &str,
    headers: &[&str],
    body: &str,
) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut request = format!(
        "{start} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    if !headers.iter().any(|header| header.starts_with("Host:")) {
        request.push_str("Host: localhost\r\n");
    }
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A reset counts as no answer, like an orderly close.
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    })
}

pub(crate) async fn call(port: u16, action: &str, body: Value) -> Option<Answer> {
    let target = format!("X-Amz-Target: AmazonEC2ContainerServiceV20141113.{action}");
    let content = "Content-Type: application/x-amz-json-1.1";
    exchange(
        port,
        "POST /",
        &[&target, content, SIGNED],
        &body.to_string(),
    )
    .await
}

pub(crate) async fn control(port: u16, start: &str, body: Value) -> Answer {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    exchange(port, start, &[], &body).await.unwrap()
}

pub(crate) fn create_request() -> Value {
    json!({
        "serviceName": "shop",
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "primaryContainer": { "image": "registry.example/shop:1" },
    })
}

/// Starts an emulator whose clock advances only when a test says so.
pub(crate) async fn stopped_clock() -> Emulator {
    let settings = Settings {
        time_scale: 0.0,
        ..Settings::default()
    };
    Emulator::start(settings).await.unwrap()
}
