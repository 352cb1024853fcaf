//! A small HTTP server whose responses are defined by each test.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::Value;

/// A request as received over the wire.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The name of the action, in either protocol.
    pub action: String,
    /// The body; null if it is no JSON.
    pub body: Value,
    /// The header with the access key id and the Region.
    pub authorization: String,
}

/// The server's reaction to a request.
pub enum Answer {
    /// Status and body.
    Is(u16, String),
    /// No response; the connection stays open.
    Silence,
    /// The connection is closed without a response.
    HangUp,
}

/// A success.
pub fn ok(body: Value) -> Answer {
    Answer::Is(200, body.to_string())
}

/// An error response of ECS.
pub fn refused(status: u16, code: &str, message: &str) -> Answer {
    let body = serde_json::json!({ "__type": code, "message": message });
    Answer::Is(status, body.to_string())
}

/// The server, which ends with the test process.
pub struct Loopback {
    /// The address on which it listens.
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// The action whose requests are not recorded.
    unrecorded: Option<&'static str>,
}

const CALLER: &str = "GetCallerIdentity";

impl Loopback {
    /// Starts a server that answers each request by `answer`.
    pub fn start(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (seen.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, answer) = (log.clone(), answer.clone());
                thread::spawn(move || serve(stream.unwrap(), &log, answer.as_ref()));
            }
        });
        Self {
            url,
            seen,
            unrecorded: None,
        }
    }

    /// Also serves STS, which returns the account of the tests and is not
    /// recorded.
    pub fn of_account(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let server = Self::start(move |seen| match seen.action.as_str() {
            CALLER => crate::caller_identity::identity("aws", "123456789012"),
            _ => answer(seen),
        });
        Self {
            unrecorded: Some(CALLER),
            ..server
        }
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        let recorded = seen
            .iter()
            .filter(|seen| Some(seen.action.as_str()) != self.unrecorded);
        recorded.cloned().collect()
    }

    /// The only request so far.
    pub fn sole_request(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].clone()
    }

    /// The actions so far.
    pub fn actions(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.action).collect()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, answer: &impl Fn(&Seen) -> Answer) {
    let Some(seen) = read(&stream) else { return };
    log.lock().unwrap().push(seen.clone());
    match answer(&seen) {
        Answer::Is(status, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} -\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            // The client may have gone away.
            stream.write_all((head + &body).as_bytes()).ok();
        }
        Answer::Silence => thread::sleep(Duration::from_secs(60)),
        Answer::HangUp => {}
    }
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let (mut action, mut authorization, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => value.rsplit('.').next()?.clone_into(&mut action),
            "authorization" => value.clone_into(&mut authorization),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    if let Some(form) = body.strip_prefix(b"Action=") {
        let name = form.split(|byte| *byte == b'&').next()?;
        action = String::from_utf8_lossy(name).into_owned();
    }
    Some(Seen {
        action,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        authorization,
    })
}
