//! Metrics. The values of every label come from a small closed set: no names of objects, no texts of errors.

use std::{fmt, time::Duration};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text::encode},
    metrics::{
        counter::Counter, family::Family, gauge::ConstGauge, histogram::Histogram, info::Info,
    },
    registry::Registry,
};

use crate::core::{observed::failure::Class, report::state::State};

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Reconciles by outcome, with their duration.
#[derive(Clone, Debug)]
pub struct Reconciles {
    total: Family<Labels<1>, Counter>,
    seconds: Histogram,
}

/// Outcome of a reconcile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReconcileOutcome {
    /// ECS accepted a call that changes something.
    Changed,
    /// Nothing to do but wait for ECS.
    Waiting,
    /// Nothing to do.
    AtRest,
    /// A person has to act.
    Stalled,
    /// ECS or STS rejected a call, or did not answer.
    Failed,
    /// Kubernetes refused a request or did not answer in time, somebody else changed the object, or the reconcile took
    /// too long.
    Interrupted,
    /// Kubernetes rejects what the operator writes, and would reject it again.
    Rejected,
}

impl ReconcileOutcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Waiting => "waiting",
            Self::AtRest => "at_rest",
            Self::Stalled => "stalled",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Rejected => "rejected",
        }
    }
}

impl Default for Reconciles {
    fn default() -> Self {
        Self {
            total: Family::default(),
            // The last bucket is the timeout of a reconcile.
            seconds: Histogram::new([0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 100.0]),
        }
    }
}

impl Reconciles {
    /// Counts a reconcile.
    pub fn count(&self, outcome: ReconcileOutcome, took: Duration) {
        self.total
            .get_or_create(&[("outcome", outcome.as_str())])
            .inc();
        self.seconds.observe(took.as_secs_f64());
    }
}

/// Calls to ECS and STS, with their duration; all attempts of a call count as one.
#[derive(Clone, Debug)]
pub struct Calls {
    total: Family<Labels<2>, Counter>,
    seconds: Family<Labels<1>, Histogram>,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            total: Family::default(),
            seconds: Family::new_with_constructor(|| {
                Histogram::new([
                    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 20.0,
                ])
            }),
        }
    }
}

impl Calls {
    /// Counts a call by operation and class of the answer.
    pub fn count(&self, operation: &'static str, class: AnswerClass, took: Duration) {
        self.total
            .get_or_create(&[("operation", operation), ("class", class.as_str())])
            .inc();
        self.seconds
            .get_or_create(&[("operation", operation)])
            .observe(took.as_secs_f64());
    }
}

/// Class of an answer to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerClass {
    /// Success; also the answer that the service does not exist, where that was the question.
    Ok,
    /// A failure, by who can resolve it.
    Failed(Class),
}

impl AnswerClass {
    /// Returns the value of the label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(Class::Invalid) => "invalid",
            Self::Failed(Class::Blocked) => "blocked",
            Self::Failed(Class::Retry) => "retry",
        }
    }
}

/// A source of the states of all objects, read at each scrape.
pub trait ObjectStates: Send + Sync + 'static {
    /// Returns the state of each object, all at the same moment.
    fn states(&self) -> Vec<State>;
}

struct Objects<C>(C);

impl<C> fmt::Debug for Objects<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Objects")
    }
}

impl<C: ObjectStates> Collector for Objects<C> {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let gauge = ConstGauge::new(0_i64);
        let help = "ExpressServices by state.";
        let mut family = encoder.encode_descriptor("objects", help, None, gauge.metric_type())?;
        let states = self.0.states();
        for state in State::ALL {
            let count = states.iter().filter(|found| **found == state).count();
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let labels = [("state", state.as_str())];
            ConstGauge::new(count).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// All metrics of the process.
#[derive(Debug)]
pub struct Metrics(Registry);

impl Metrics {
    /// Registers the metrics of reconciles, calls and objects.
    pub fn new(reconciles: &Reconciles, calls: &Calls, objects: impl ObjectStates) -> Self {
        let mut registry = Registry::with_prefix("ecs_express");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "Version of the running program", build);
        registry.register(
            "reconciles",
            "Reconciles of an object, by outcome",
            reconciles.total.clone(),
        );
        registry.register(
            "reconcile_seconds",
            "Duration of a reconcile",
            reconciles.seconds.clone(),
        );
        registry.register(
            "ecs_calls",
            "Calls to ECS and STS, by operation and class of the answer",
            calls.total.clone(),
        );
        registry.register(
            "ecs_call_seconds",
            "Duration of a call to ECS or STS, with all its attempts",
            calls.seconds.clone(),
        );
        registry.register_collector(Box::new(Objects(objects)));
        Self(registry)
    }

    /// Encodes the metrics in the OpenMetrics text format.
    ///
    /// # Errors
    ///
    /// If a metric cannot be encoded.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0)?;
        Ok(text)
    }
}
