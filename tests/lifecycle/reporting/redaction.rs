//! Redaction of AWS texts that quote an environment value or a word of the command.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber;

use crate::{
    harness::full_spec::with,
    harness::simulated_cluster::{CREATE, DELETE, DESCRIBE, SERVICE, SimulatedCluster, UPDATE},
    log_capture::Log,
};

const VALUE: &str = "hunter2 \"and\"  friends";
const OLD_VALUE: &str = "former-password-1";
const WORD: &str = "--token=qwertz";

/// Every recognizable part of a quoted value.
const CANARIES: [&str; 3] = ["hunter2", "former-password", "qwertz"];

fn spec(image: &str, value: &str) -> Value {
    with(&json!({"primaryContainer": {
        "image": image,
        "command": ["serve", WORD],
        "environment": [{"name": "TOKEN", "value": value}],
    }}))
}

/// A text that quotes the value, raw and as JSON, and the word.
fn quoting(what: &str) -> String {
    let escaped = serde_json::to_string(what).unwrap();
    format!("value '{what}' ({escaped}) or argument {WORD} is not allowed")
}

/// Collects what the object reports and asserts that not too much of it is redacted.
fn check(cluster: &SimulatedCluster, reported: &mut String) {
    reported.push_str(&serde_json::to_string(&cluster.status()).unwrap());
    reported.push_str(&format!("{:?}", cluster.api.take_events()));
}

fn hides(reported: &str, where_: &str) {
    for canary in CANARIES {
        assert!(
            !reported.contains(canary),
            "{canary} is in the {where_}: {reported}"
        );
    }
}

#[tokio::test]
async fn a_value_that_aws_quotes_is_redacted_in_status_events_and_log() {
    let log = Log::default();
    let reported = lifecycle_with_quotes()
        .with_subscriber(log.subscriber("debug"))
        .await;
    let log = log.ours().concat();
    hides(&reported, "object");
    hides(&log, "log");
    assert!(log.contains("is not allowed"), "the log tells AWS's text");
}

async fn lifecycle_with_quotes() -> String {
    let mut reported = String::new();
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let refused = |action, value| {
        let text = quoting(value);
        Fault::new(action, "InvalidParameterException", &text)
    };
    let escaped = "{/primaryContainer/environment/0/value} and {/primaryContainer/command/1}";
    cluster
        .emulator
        .fail_next(Fault::new(CREATE, "InvalidParameterException", escaped));
    cluster.apply(&spec("shop:1", OLD_VALUE));
    cluster.reconcile_once().await;
    assert_eq!(cluster.condition("Ready"), "False InvalidParameter");
    check(&cluster, &mut reported);
    cluster.until_ready().await;
    // The value of the running revision is no longer in the spec.
    cluster.emulator.fail_next(refused(UPDATE, VALUE));
    cluster.apply(&spec("shop:2", VALUE));
    cluster.reconcile_once().await;
    check(&cluster, &mut reported);
    cluster.emulator.fail_next(refused(UPDATE, OLD_VALUE));
    cluster.run(Duration::from_secs(700)).await;
    check(&cluster, &mut reported);
    let reason = quoting(VALUE);
    cluster.emulator.with_model(|model| {
        let outcome = ecs_express_emulator::Outcome::RollBackByCircuitBreaker;
        model.set_outcome(SERVICE, outcome, Some(reason));
    });
    cluster
        .until("rolled back", |cluster| {
            cluster.condition("Ready") == "False RolledBack"
        })
        .await;
    check(&cluster, &mut reported);
    // The deployment's text stays even if neither spec nor revision holds its value any more.
    let lost = Fault::new(UPDATE, "ServerException", "oops");
    cluster.emulator.fail_next(lost);
    cluster.apply(&spec("shop:3", "another value"));
    for _ in 0..6 {
        cluster.run(Duration::from_secs(10)).await;
        check(&cluster, &mut reported);
    }
    assert!(reported.contains("(hidden)"));
    cluster.apply(&spec("shop:4", "another value"));
    cluster.until_ready().await;
    for action in [DESCRIBE, "DescribeServices", "ListServiceDeployments"] {
        let text = quoting("another value");
        let fault = Fault::new(action, "AccessDeniedException", &text);
        cluster.emulator.fail_next(fault);
        cluster.requeue_now();
        cluster.restart_operator();
        cluster.reconcile_once().await;
        check(&cluster, &mut reported);
    }
    let failing = quoting("another value");
    cluster.change_outside(&json!({"fail": {"resource": "TargetGroups", "reason": failing}}));
    cluster.restart_operator();
    cluster.run(Duration::from_secs(4000)).await;
    check(&cluster, &mut reported);
    cluster.emulator.fail_next(refused(DELETE, "another value"));
    cluster.delete();
    cluster.reconcile_once().await;
    check(&cluster, &mut reported);
    cluster.until_gone().await;
    reported
}

#[tokio::test]
async fn redacted_text_still_says_what_is_wrong() {
    let mut cluster = SimulatedCluster::new().await;
    let text = "The value 'hunter2 \"and\"  friends' of 1 variable in container shop-1 is too long (limit 1024)";
    cluster
        .emulator
        .fail_next(Fault::new(CREATE, "InvalidParameterException", text));
    cluster.apply(&with(&json!({"primaryContainer": {
        "environment": [{"name": "A", "value": VALUE}, {"name": "B", "value": "0"}],
    }})));
    cluster.reconcile_once().await;
    let message = cluster.message("Ready");
    assert!(
        message.contains(
            "The value '(hidden)' of 1 variable in container shop-1 is too long (limit 1024)"
        ),
        "{message}"
    );
}
