//! The log, on stderr.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, ParseError, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::cli::LogFormat;

/// Starts the log with a filter as in `info,ecs_express_operator=debug`.
pub fn start(filter: &str, format: LogFormat) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(filter)?;
    let filter = filter.and(filter_fn(may_be_told));
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let registry = tracing_subscriber::registry();
    match format {
        LogFormat::Json => registry
            // The list of spans would hold the one span once more.
            .with(
                layer
                    .json()
                    .flatten_event(true)
                    .with_span_list(false)
                    .with_filter(filter),
            )
            .init(),
        LogFormat::Text => registry.with(layer.with_filter(filter)).init(),
    }
    Ok(())
}

/// Whether what a library tells may stand in the log.
fn may_be_told(metadata: &Metadata<'_>) -> bool {
    let (target, level) = (metadata.target(), *metadata.level());
    // At TRACE the AWS SDK prints whole requests, environment values among them.
    let request = target.starts_with("aws_") && level == Level::TRACE;
    // kube prints whole answers: at DEBUG each refusal, which may quote the object, at WARN each object that it cannot read.
    let answer = target == "kube_client::client" && metadata.is_event();
    // It repeats each request that fails; whoever sent the request tells of it, with the cause.
    let repeat = target == "kube_client::client::builder" && level == Level::ERROR;
    !(request || answer || repeat)
}

#[cfg(test)]
mod tests {
    use super::may_be_told;
    use crate::api::ExpressService;
    use kube::{Api, Client, Config, api::PatchParams};
    use std::{
        io::{self, Read, Write},
        net::TcpListener,
        sync::{Arc, Mutex},
    };
    use tracing::level_filters::LevelFilter;
    use tracing_subscriber::{
        Layer,
        filter::{FilterExt, filter_fn},
        layer::SubscriberExt,
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

    /// An API server that gives one answer, to every request.
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
    async fn no_answer_of_the_api_server_stands_in_the_log_at_any_level() {
        let refusal = serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Invalid", "code": 422,
            "message": "environment[0].value: Invalid value: \"s3cr3t\"",
        });
        let unreadable = serde_json::json!({
            "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressService", "metadata": {"name": "shop"},
            "spec": {"primaryContainer": {"image": 1, "environment": [{"name": "A", "value": "s3cr3t"}]}},
        });
        // While there is but one subscriber in the process, tracing asks whichever thread comes first whether anybody wants
        // an event, and believes a thread without any.
        let _another = tracing::Dispatch::new(tracing_subscriber::registry());
        let log = Log::default();
        let writer = log.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .with_filter(LevelFilter::TRACE.and(filter_fn(may_be_told)));
        let _log = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
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
