//! A minimal HTTP client for local processes: one request per connection, no TLS.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body, with lossy UTF-8.
    pub body: String,
}

/// Gets `path` from the server at `address`.
pub fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    exchange(
        address,
        &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n"),
    )
}

/// Gets `http://ADDRESS:PORT/PATH`.
pub fn get_url(url: &str) -> io::Result<Answer> {
    let rest = url.strip_prefix("http://");
    let (address, path) = rest.map_or((url, ""), |rest| rest.split_once('/').unwrap_or((rest, "")));
    let address = address
        .parse()
        .map_err(|_| io::Error::other(format!("{url} is not http://ADDRESS:PORT/PATH")))?;
    get(address, &format!("/{path}"))
}

/// Posts a JSON document.
pub fn post(address: SocketAddr, path: &str, json: &str) -> io::Result<Answer> {
    let length = json.len();
    let head = format!(
        "POST {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    exchange(address, &(head + json))
}

// HTTP/1.0, so that no server sends chunks and each closes the connection at the end.
fn exchange(address: SocketAddr, request: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or_else(|| io::Error::other("the answer is not HTTP"))?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| io::Error::other("the answer has no status"))?;
    Ok(Answer {
        status,
        body: body.into(),
    })
}
