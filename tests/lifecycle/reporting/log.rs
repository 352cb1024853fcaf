//! The log at `info` has each change, each new failure, each transition and each event; repeats are at `debug`.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;
use tracing::{
    Dispatch, Level,
    subscriber::{DefaultGuard, NoSubscriber},
};

use crate::harness::simulated_cluster::{CREATE, DESCRIBE, SERVICE, SimulatedCluster, UPDATE};

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

impl Log {
    /// Captures what the operator logs on this thread.
    fn start(level: Level) -> (Self, DefaultGuard) {
        // With a single subscriber, tracing caches the interest of the thread that logs first, which may have
        // none.
        static SECOND: OnceLock<Dispatch> = OnceLock::new();
        SECOND.get_or_init(|| Dispatch::new(NoSubscriber::new()));
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The operator's lines since the previous call.
    fn take(&self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        text.lines()
            .filter(|line| line.contains(" ecs_express_operator::"))
            .map(str::to_owned)
            .collect()
    }
}

/// The lines that contain every part.
fn with<'a>(lines: &'a [String], parts: &[&str]) -> Vec<&'a String> {
    lines
        .iter()
        .filter(|line| parts.iter().all(|part| line.contains(part)))
        .collect()
}

#[tokio::test]
async fn each_change_and_each_transition_is_logged_at_info() {
    let (log, _guard) = Log::start(Level::INFO);
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    let lines = log.take();
    for parts in [
        &[
            "INFO",
            "sending",
            "team-a/shop",
            "CreateExpressGatewayService",
            "Creating",
        ][..],
        &[
            "INFO",
            "accepted",
            "team-a/shop",
            "CreateExpressGatewayService",
        ],
        &["INFO", "Ready", "team-a/shop", "True", "Available"],
    ] {
        assert_eq!(with(&lines, parts).len(), 1, "{parts:?} in {lines:#?}");
    }
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByAlarm);
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_condition("Stalled", "True RolledBack").await;
    let lines = log.take();
    for parts in [
        &["INFO", "sending", "UpdateExpressGatewayService", "Updating"][..],
        &["INFO", "accepted", "UpdateExpressGatewayService"],
        &["Ready", "team-a/shop", "False", "Updating"],
        &["WARN", "Stalled", "team-a/shop", "True", "RolledBack"],
        &[
            "WARN",
            "event",
            "team-a/shop",
            "RolledBack",
            "ecs-express.dev/retry",
        ],
    ] {
        assert_eq!(with(&lines, parts).len(), 1, "{parts:?} in {lines:#?}");
    }
    cluster.api.take_writes();
    cluster.run(Duration::from_secs(3600)).await;
    assert_eq!(
        log.take(),
        Vec::<String>::new(),
        "nothing is logged while idle"
    );
}

#[tokio::test]
async fn a_failure_is_warned_about_once_and_its_end_is_logged() {
    for (action, code, text) in [
        (
            CREATE,
            "AccessDeniedException",
            "not authorized to perform: ecs:X",
        ),
        (
            "GetCallerIdentity",
            "ExpiredTokenException",
            "the token is expired",
        ),
    ] {
        let (log, _guard) = Log::start(Level::INFO);
        let mut cluster = SimulatedCluster::new().await;
        cluster
            .emulator
            .fail_next(Fault::new(action, code, text).times(10_000));
        cluster.apply(&json!({}));
        cluster.run(Duration::from_secs(1800)).await;
        let lines = log.take();
        let failures = with(
            &lines,
            &["WARN", "failed", "team-a/shop", action, code, text],
        );
        let calls: Vec<_> = failures
            .iter()
            .filter(|line| !line.contains("event"))
            .collect();
        assert_eq!(calls.len(), 1, "{lines:#?}");
        cluster
            .emulator
            .with_model(ecs_express_emulator::Model::clear_faults);
        cluster.until_ready().await;
        let lines = log.take();
        assert_eq!(
            with(&lines, &["INFO", "recovered", "team-a/shop"]).len(),
            1,
            "{lines:#?}"
        );
    }
}

#[tokio::test]
async fn repeats_of_a_rejected_change_are_at_info_and_contain_no_environment_value() {
    let (log, _guard) = Log::start(Level::DEBUG);
    let mut cluster = SimulatedCluster::new().await;
    let fault = Fault::new(CREATE, "AccessDeniedException", "no");
    cluster.emulator.fail_next(fault.times(10_000));
    let environment = json!([{"name": "PASSWORD", "value": "correct-horse"}]);
    cluster.apply(&json!({"primaryContainer": {"environment": environment}}));
    cluster.run(Duration::from_secs(600)).await;
    let lines = log.take();
    let reported = |parts: &[&str]| with(&lines, parts).len();
    let answers = reported(&["WARN", "a call to AWS failed", CREATE])
        + reported(&["INFO", "still fails", CREATE]);
    assert!(answers > 3, "{lines:#?}");
    assert_eq!(
        reported(&["INFO", "sending", CREATE]),
        answers,
        "{lines:#?}"
    );
    assert_eq!(with(&lines, &["correct-horse"]), Vec::<&String>::new());
}

#[tokio::test]
async fn repeats_of_a_failed_read_are_at_debug() {
    let (log, _guard) = Log::start(Level::DEBUG);
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let fault = Fault::new(DESCRIBE, "AccessDeniedException", "no");
    cluster.emulator.fail_next(fault.times(10_000));
    log.take();
    cluster.run(Duration::from_secs(3600)).await;
    let lines = log.take();
    assert!(
        with(&lines, &["DEBUG", "still fails", "team-a/shop"]).len() > 2,
        "{lines:#?}"
    );
    assert_eq!(
        with(&lines, &["INFO", "still fails"]),
        Vec::<&String>::new()
    );
}

#[tokio::test]
async fn a_service_left_behind_is_logged_even_if_kubernetes_rejects_its_event() {
    let (log, _guard) = Log::start(Level::INFO);
    let mut cluster = SimulatedCluster::ready(&json!({"deletionPolicy": "Retain"})).await;
    log.take();
    cluster.delete();
    cluster.until_gone().await;
    let lines = log.take();
    let reported = with(
        &lines,
        &[
            "event",
            "Retained",
            "service/default/team-a_shop",
            "marked as released",
        ],
    );
    assert_eq!(reported.len(), 1, "{lines:#?}");
    assert_eq!(cluster.calls(UPDATE), 0);
}

#[tokio::test]
async fn a_related_read_that_is_denied_is_warned_about_once() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let (log, _guard) = Log::start(Level::INFO);
    let fault = Fault::new(
        "DescribeServices",
        "AccessDeniedException",
        "not authorized",
    );
    cluster.emulator.fail_next(fault.times(10_000));
    cluster.requeue_now();
    cluster.run(Duration::from_secs(3600)).await;
    let lines = log.take();
    let parts = [
        "WARN",
        "a call to AWS failed",
        "team-a/shop",
        "DescribeServices",
    ];
    assert_eq!(with(&lines, &parts).len(), 1, "{lines:#?}");
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_faults);
    cluster.run(Duration::from_secs(900)).await;
    let lines = log.take();
    assert_eq!(with(&lines, &["INFO", "recovered"]).len(), 1, "{lines:#?}");
}
