//! Confidentiality: environment values, commands and secrets appear in no log, event or status of a whole lifecycle.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber;

use crate::{
    harness::full_spec::with,
    harness::simulated_cluster::{CREATE, SERVICE, SimulatedCluster, UPDATE},
    log_capture::Log,
};

const CANARIES: [&str; 3] = ["canary-environment", "canary-command", "canary-secret"];

fn spec(edit: u32) -> Value {
    with(&json!({"primaryContainer": {
        "image": format!("shop:{edit}"),
        "command": [format!("canary-command-{edit}")],
        "environment": [{"name": "TOKEN", "value": format!("canary-environment-{edit}")}],
        "secrets": [{
            "name": "S",
            "valueFrom": format!("arn:aws:ssm:eu-west-1:123456789012:parameter/canary-secret-{edit}"),
        }],
    }}))
}

/// Collects what the object reports: its status and its events.
fn check(cluster: &SimulatedCluster, reported: &mut String) {
    reported.push_str(&serde_json::to_string(&cluster.status()).unwrap());
    reported.push_str(&format!("{:?}", cluster.api.take_events()));
}

#[tokio::test]
async fn no_environment_value_command_or_secret_appears_in_logs_events_or_status() {
    let log = Log::default();
    let reported = lifecycle().with_subscriber(log.subscriber("trace")).await;
    let written = log.all();
    for (part, what) in [
        (" ecs_express_operator", "the operator logs"),
        ("TRACE", "the log is on"),
        ("aws_smithy_runtime", "the SDK logs, too"),
    ] {
        assert!(written.contains(part), "{what}");
    }
    assert!(reported.contains("TOKEN"));
    for canary in CANARIES {
        assert!(!reported.contains(canary), "{canary} is reported");
        let line = written.lines().find(|line| line.contains(canary));
        assert_eq!(line, None, "{canary} is in the log");
    }
}

async fn lifecycle() -> String {
    let mut reported = String::new();
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster
        .emulator
        .fail_next(Fault::new(CREATE, "ServerException", "lost").applied());
    cluster.apply(&spec(1));
    cluster.until_ready().await;
    check(&cluster, &mut reported);
    cluster
        .emulator
        .fail_next(Fault::new(UPDATE, "ThrottlingException", "Rate exceeded"));
    cluster.apply(&spec(2));
    cluster.reconcile_once().await;
    check(&cluster, &mut reported);
    cluster.until_ready().await;
    let container = spec(3)["primaryContainer"].clone();
    cluster.change_outside(&json!({"update": {"primaryContainer": container}}));
    cluster
        .until("corrected", |cluster| cluster.calls(UPDATE) == 3)
        .await;
    check(&cluster, &mut reported);
    cluster.until_ready().await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByAlarm);
    cluster.apply(&spec(4));
    for _ in 0..20 {
        cluster.run(Duration::from_secs(30)).await;
        check(&cluster, &mut reported);
    }
    cluster.delete();
    cluster.until_gone().await;
    check(&cluster, &mut reported);
    reported
}
