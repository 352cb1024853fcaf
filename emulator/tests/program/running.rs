//! A fixture that runs the program in a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

pub(crate) const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 \
    Credential=AKID/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0";

pub(crate) fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ecs-express-emulator"));
    program.env_remove("AWS_ENDPOINT_URL");
    program
}

/// A running emulator, which is stopped however a test ends.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) port: u16,
    /// Stays open, so that the program can print.
    _stdout: Option<BufReader<ChildStdout>>,
}

impl From<Child> for Running {
    fn from(child: Child) -> Self {
        Self {
            child,
            port: 0,
            _stdout: None,
        }
    }
}

impl Running {
    /// Starts the program with these arguments and waits until it listens.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = program()
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        stdout.read_line(&mut first).unwrap();
        let port = first.trim().rsplit(':').next().unwrap().parse().unwrap();
        Self {
            child,
            port,
            _stdout: Some(stdout),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Stops the program with SIGTERM and returns whether it exits successfully.
    pub(crate) fn terminate(mut self) -> bool {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.unwrap().success());
        self.child.wait().unwrap().success()
    }

    /// Sends a request and returns the head and the body of the answer.
    pub(crate) fn exchange(&self, start: &str, headers: &[&str], body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut request = format!(
            "{start} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.port,
            body.len()
        );
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        write!(stream, "{request}\r\n{body}").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    pub(crate) fn call(&self, action: &str, body: &Value) -> Value {
        let target = format!("X-Amz-Target: AmazonEC2ContainerServiceV20141113.{action}");
        let (_, answer) = self.exchange("POST /", &[&target, SIGNED], &body.to_string());
        serde_json::from_str(&answer).unwrap()
    }

    pub(crate) fn create(&self, name: &str, image: &str) -> Value {
        let body = json!({
            "serviceName": name,
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
            "primaryContainer": { "image": image },
        });
        self.call("CreateExpressGatewayService", &body)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A temporary directory, which is removed when the test ends.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("emulator-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
