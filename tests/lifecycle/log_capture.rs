//! Captures what the operator logs during a future.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
};

use tracing::Level;

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
    /// A subscriber that writes into this log, from `debug` up.
    pub fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        // With a single subscriber in the process, tracing caches the interest of whichever thread logs first, which
        // may have no subscriber.
        static ANOTHER: OnceLock<tracing::Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| tracing::Dispatch::new(tracing_subscriber::registry()));
        let writer = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
    }

    /// The lines that the operator itself logged.
    pub fn ours(&self) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = log.lines().map(str::to_owned);
        lines
            .filter(|line| line.contains(" ecs_express_operator"))
            .collect()
    }
}
