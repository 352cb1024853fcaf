//! `ctl` against a running emulator.

use serde_json::Value;

use crate::running::{Running, program};

/// Runs `ctl` and returns its output.
fn ctl(running: &Running, arguments: &[&str]) -> String {
    let output = program()
        .arg("ctl")
        .args(arguments)
        .args(["--url", &running.url()])
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn rejected(arguments: &[&str]) -> String {
    let output = program().arg("ctl").args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn stopped_clock() -> Running {
    Running::start(&["--time-scale", "0"])
}

#[test]
fn services_are_shown_as_a_table_or_as_json() {
    let running = stopped_clock();
    assert_eq!(ctl(&running, &["services"]), "no services\n");
    running.create("shop", "registry.example/shop:1");
    ctl(&running, &["clock", "3m"]);
    let table = ctl(&running, &["services"]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("NAME  CLUSTER  REGION"), "{table}");
    for word in [
        "shop",
        "default",
        "ACTIVE",
        "SUCCESSFUL",
        "registry.example/shop:1 100 %",
    ] {
        assert!(lines[1].contains(word), "{table}");
    }
    let answer: Value = serde_json::from_str(&ctl(&running, &["services", "--json"])).unwrap();
    assert_eq!(answer["services"][0]["serviceName"], "shop");
    assert!(ctl(&running, &["health"]).starts_with("ok (version "));
}

#[test]
fn outcomes_faults_and_changes_take_effect() {
    let running = stopped_clock();
    ctl(
        &running,
        &["outcome", "shop", "NeverComesUp", "--reason", "no right"],
    );
    let fault = [
        "fault",
        "add",
        "CreateExpressGatewayService",
        "ServerException",
        "oops",
    ];
    ctl(&running, &fault);
    assert!(ctl(&running, &["fault", "list"]).contains("ServerException"));
    let refused = running.create("shop", "registry.example/shop:1");
    assert_eq!(refused["__type"], "ServerException");
    assert_eq!(ctl(&running, &["fault", "list"]), "no faults\n");
    running.create("shop", "registry.example/shop:1");
    ctl(
        &running,
        &[
            "change",
            "tag",
            "shop",
            "aws:cloudformation:stack-name=web",
            "team=a",
        ],
    );
    ctl(&running, &["change", "cluster", "team"]);
    ctl(
        &running,
        &["change", "customer", "old", "--account", "210987654321"],
    );
    ctl(
        &running,
        &[
            "change",
            "role",
            "arn:aws:iam::123456789012:role/x",
            "--unusable",
        ],
    );
    ctl(&running, &["clock", "600"]);
    let shown = ctl(&running, &["services", "shop", "--json"]);
    let service = serde_json::from_str::<Value>(&shown).unwrap()["services"][0].take();
    assert_eq!(service["lastDeployment"]["status"], "IN_PROGRESS");
    assert_eq!(service["tags"].as_array().unwrap().len(), 2);
    ctl(&running, &["change", "detach", "shop", "Rule"]);
    ctl(&running, &["change", "desired-count", "shop", "2"]);
    ctl(&running, &["change", "running-count", "shop", "1"]);
    let shown = ctl(&running, &["services", "shop", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let revision = &shown["services"][0]["activeRevisions"][0];
    assert_eq!(revision["requestedTaskCount"], 2);
    assert_eq!(revision["runningTaskCount"], 1);
    ctl(&running, &["change", "delete", "shop"]);
    assert!(ctl(&running, &["services", "shop"]).contains("DRAINING"));
    let calls = ctl(&running, &["calls", "--last", "5"]);
    assert!(calls.contains("oops"), "{calls}");
    ctl(&running, &["calls", "--clear"]);
    assert_eq!(ctl(&running, &["calls"]), "no calls\n");
}

#[test]
fn settings_are_shown_and_assigned() {
    let running = stopped_clock();
    ctl(
        &running,
        &["settings", "bakeSeconds=10", "takenName=Existing"],
    );
    let shown = ctl(&running, &["settings"]);
    let value = |name: &str| {
        let line = shown.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(value("bakeSeconds"), "10");
    assert_eq!(value("takenName"), "Existing");
}

#[test]
fn errors_name_the_next_step() {
    let running = stopped_clock();
    let url = running.url();
    let cases: [(&[&str], &str); 6] = [
        (&["outcome", "shop", "Explode"], "ManagedResourceFails"),
        (&["settings", "bakeSeconds"], "bakeSeconds=10"),
        (&["clock", "soon"], "10m"),
        (&["services", "none"], "`ctl services`"),
        (&["change", "update", "shop", "{"], "not valid JSON"),
        (&["change", "tag", "shop", "team"], "team=a"),
    ];
    for (arguments, words) in cases {
        let message = rejected(&[arguments, &["--url", &url]].concat());
        assert!(message.contains(words), "{message}");
    }
    drop(running);
    let message = rejected(&["health", "--url", &url]);
    assert!(
        message.contains("Start one with `ecs-express-emulator`"),
        "{message}"
    );
    let message = rejected(&["health", "--url", "https://example.com"]);
    assert!(message.contains("http://127.0.0.1:4566"), "{message}");
}
