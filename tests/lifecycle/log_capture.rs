//! Captures what the operator logs during a future.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
};

use ecs_express_operator::telemetry::log::{self, LogFormat};

/// The captured log.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The shipped log with this filter, written into this one.
    pub fn subscriber(&self, filter: &str) -> impl tracing::Subscriber + Send + Sync + use<> {
        // With a single subscriber in the process, tracing caches the interest of whichever thread logs first, which
        // may have no subscriber.
        static ANOTHER: OnceLock<tracing::Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| tracing::Dispatch::new(tracing_subscriber::registry()));
        let writer = self.clone();
        log::subscriber(filter, LogFormat::Text, false, move || writer.clone()).unwrap()
    }

    /// Everything that was logged.
    pub fn all(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines that the operator itself logged.
    pub fn ours(&self) -> Vec<String> {
        let log = self.all();
        let lines = log.lines().map(str::to_owned);
        lines
            .filter(|line| line.contains(" ecs_express_operator"))
            .collect()
    }
}
