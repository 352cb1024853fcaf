//! The log, on stderr.

use std::io::IsTerminal;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, ParseError, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Plain text for people.
    Text,
}

/// Starts the log with a filter such as `info,ecs_express_operator=debug`.
///
/// # Errors
///
/// If the filter is malformed.
///
/// # Panics
///
/// If the process has a log already.
pub fn start(filter: &str, format: LogFormat) -> Result<(), ParseError> {
    let colors = std::io::stderr().is_terminal();
    subscriber(filter, format, colors, std::io::stderr)?.init();
    Ok(())
}

/// Returns the log with this filter, which writes to `writer`.
///
/// # Errors
///
/// If the filter is malformed.
pub fn subscriber<W>(
    filter: &str,
    format: LogFormat,
    colors: bool,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>, ParseError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter)?;
    let filter = filter.and(filter_fn(is_safe));
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(colors);
    let registry = tracing_subscriber::registry();
    Ok(match format {
        LogFormat::Json => Box::new(
            // The list of spans would repeat the current span.
            registry.with(
                layer
                    .json()
                    .flatten_event(true)
                    .with_span_list(false)
                    .with_filter(filter),
            ),
        ),
        LogFormat::Text => Box::new(registry.with(layer.with_filter(filter))),
    })
}

/// Whether a line of a library may be logged: some contain secret values, or repeat what the operator logs.
fn is_safe(metadata: &Metadata<'_>) -> bool {
    let (target, level) = (metadata.target(), *metadata.level());
    // At TRACE the AWS SDK prints whole requests, environment values among them.
    let request = target.starts_with("aws_") && level == Level::TRACE;
    // kube prints whole answers: at DEBUG each error, which may quote the object, at WARN each object that it cannot
    // parse.
    let answer = target == "kube_client::client" && metadata.is_event();
    // It repeats each request that fails; the sender of the request logs it with the cause.
    let repeat = target == "kube_client::client::builder" && level == Level::ERROR;
    !(request || answer || repeat)
}

#[cfg(test)]
mod tests {
    use super::{LogFormat, subscriber};
    use crate::api::ExpressService;
    use kube::{Api, Client, Config, api::PatchParams};
    use std::{
        io::{self, Read, Write},
        net::TcpListener,
        sync::{Arc, Mutex},
    };

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// An API server that gives the same answer to every request.
    fn api_server(status: &'static str, body: String) -> Client {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
            }
        });
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let url = format!("http://{address}").parse().unwrap();
        Client::try_from(Config::new(url)).unwrap()
    }

    #[tokio::test]
    async fn no_answer_of_the_api_server_is_logged_at_any_level() {
        let refusal = serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Invalid", "code": 422,
            "message": "environment[0].value: Invalid value: \"s3cr3t\"",
        });
        let unreadable = serde_json::json!({
            "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressService", "metadata": {"name": "shop"},
            "spec": {"primaryContainer": {"image": 1, "environment": [{"name": "A", "value": "s3cr3t"}]}},
        });
        // While the process has only one subscriber, tracing asks the first thread that comes whether an event is
        // enabled, and caches the answer even of a thread without a subscriber.
        let _another = tracing::Dispatch::new(tracing_subscriber::registry());
        let log = Log::default();
        let writer = log.clone();
        let log_to = move || writer.clone();
        let shipped = subscriber("trace", LogFormat::Text, false, log_to).unwrap();
        let _log = tracing::subscriber::set_default(shipped);
        for (status, body) in [
            ("422 Unprocessable Entity", refusal),
            ("200 OK", unreadable),
        ] {
            let client = api_server(status, body.to_string());
            let objects: Api<ExpressService> = Api::namespaced(client, "team-a");
            let patch = kube::api::Patch::Merge(serde_json::json!({}));
            let answer = objects.patch("shop", &PatchParams::default(), &patch).await;
            assert!(answer.is_err(), "{status}");
        }
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("requesting"), "the log is on: {log}");
        assert!(!log.contains("s3cr3t"), "{log}");
    }
}
