//! The log, on stderr.

use std::io::IsTerminal;

use tracing::Level;
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
    // At TRACE the AWS SDK prints whole requests, environment values among them.
    let without_requests = filter_fn(|metadata| {
        !(metadata.target().starts_with("aws_") && *metadata.level() == Level::TRACE)
    });
    // It repeats each request that fails; whoever sent the request tells of it, with the cause.
    let without_repeats = filter_fn(|metadata| {
        !(metadata.target() == "kube_client::client::builder" && *metadata.level() == Level::ERROR)
    });
    let filter = filter.and(without_requests).and(without_repeats);
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
