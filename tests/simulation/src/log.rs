//! Searches what the operator logs for values that no log may show.

use std::{
    fmt::{Debug, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use crate::{checkers::secrecy::CANARY, link::lock};

/// Receives every event and span of the operator, and keeps the first that shows a secret value.
#[derive(Clone, Debug, Default)]
pub struct SearchedLog {
    found: Arc<Mutex<Option<String>>>,
    spans: Arc<AtomicU64>,
}

impl SearchedLog {
    /// What was found.
    pub fn found(&self) -> Option<String> {
        lock(&self.found).clone()
    }

    fn search(&self, record: impl FnOnce(&mut Text)) {
        let mut text = Text::default();
        record(&mut text);
        let Text(text) = text;
        if text.contains(CANARY) {
            lock(&self.found).get_or_insert(text);
        }
    }
}

/// The values of a record.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{field}={value:?} ");
    }
}

impl Subscriber for SearchedLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("ecs_express_operator")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.search(|text| span.record(text));
        Id::from_u64(1 + self.spans.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.search(|text| values.record(text));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.search(|text| event.record(text));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[cfg(test)]
mod tests {
    use super::SearchedLog;

    #[test]
    fn a_secret_value_in_a_field_of_an_event_is_found() {
        let log = SearchedLog::default();
        tracing::subscriber::with_default(log.clone(), || {
            tracing::info!(target: "ecs_express_operator::a", text = "fine");
            assert_eq!(log.found(), None);
            tracing::info!(target: "ecs_express_operator::a", text = "it was canary-1");
        });
        assert!(log.found().is_some());
    }
}
