//! The metrics. Every label takes its values from a small closed set: no name of an object, no text of an error.

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

/// Passes by outcome, with the time they took.
#[derive(Clone, Debug)]
pub struct Reconciles {
    total: Family<Labels<1>, Counter>,
    seconds: Histogram,
}

/// What a pass came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReconcileOutcome {
    /// ECS accepted a call that changes something.
    Changed,
    /// Nothing was to do but to wait for ECS.
    Waiting,
    /// Nothing was to do.
    AtRest,
    /// Only a person can help.
    Stalled,
    /// ECS or STS refused, or gave no answer.
    Failed,
    /// Kubernetes refused or gave no answer, somebody else came first, or the pass took too long.
    Interrupted,
    /// Kubernetes does not take what was written, and will not take it again.
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
            // A pass that waits for a slow API server and slow ECS ends with its deadline, at 100 s.
            seconds: Histogram::new([0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 100.0]),
        }
    }
}

impl Reconciles {
    /// Counts a pass.
    pub fn count(&self, outcome: ReconcileOutcome, took: Duration) {
        self.total
            .get_or_create(&[("outcome", outcome.as_str())])
            .inc();
        self.seconds.observe(took.as_secs_f64());
    }
}

/// Calls to ECS and STS, each with all its attempts.
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
    /// Counts a call by operation and class of its answer.
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
    /// What was asked for; also that there is no such service, where that was the question.
    Ok,
    /// A failure, by who can help.
    Failed(Class),
}

impl AnswerClass {
    /// The label's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(Class::Invalid) => "invalid",
            Self::Failed(Class::Blocked) => "blocked",
            Self::Failed(Class::Retry) => "retry",
        }
    }
}

/// Tells the state of each object when it is asked.
pub trait ObjectStates: Send + Sync + 'static {
    /// The state of each object, all at one moment.
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
    /// Metrics of these passes, calls and objects.
    pub fn new(reconciles: &Reconciles, calls: &Calls, objects: impl ObjectStates) -> Self {
        let mut registry = Registry::with_prefix("ecs_express");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that runs", build);
        registry.register(
            "reconciles",
            "Passes over an object, by outcome",
            reconciles.total.clone(),
        );
        registry.register(
            "reconcile_seconds",
            "Time that a pass took",
            reconciles.seconds.clone(),
        );
        registry.register(
            "ecs_calls",
            "Calls to ECS and STS, by operation and class of the answer",
            calls.total.clone(),
        );
        registry.register(
            "ecs_call_seconds",
            "Time that a call to ECS or STS took, with all its attempts",
            calls.seconds.clone(),
        );
        registry.register_collector(Box::new(Objects(objects)));
        Self(registry)
    }

    /// The metrics in OpenMetrics text.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0)?;
        Ok(text)
    }
}
