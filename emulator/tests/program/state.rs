//! The state file.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::running::{Directory, Running, program};

fn start(path: &Path, more: &[&str]) -> Running {
    let file = path.to_str().unwrap();
    Running::start(&[&["--state-file", file], more].concat())
}

fn control(running: &Running, path: &str) -> Value {
    let (_, body) = running.exchange(&format!("GET /_emulator/{path}"), &[], "");
    serde_json::from_str(&body).unwrap()
}

fn post(running: &Running, path: &str, body: &Value) {
    let (head, answer) =
        running.exchange(&format!("POST /_emulator/{path}"), &[], &body.to_string());
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
}

fn rejected(path: &Path) -> String {
    let output = program()
        .args(["--listen", "127.0.0.1:0", "--state-file"])
        .arg(path)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_restart_continues_where_the_last_run_stopped() {
    let directory = Directory::new();
    let path = directory.path().join("state.json");
    let running = start(&path, &["--time-scale", "0", "--region", "us-east-1"]);
    running.create("shop", "registry.example/shop:1");
    post(&running, "settings", &json!({ "clusterForm": "Arn" }));
    post(&running, "clock", &json!({ "advanceSeconds": 30 }));
    let before = control(&running, "services");
    assert!(running.terminate());

    let running = start(&path, &[]);
    let after = control(&running, "services");
    assert_eq!(
        after["now"], before["now"],
        "no time passes while the program is stopped"
    );
    let same = |overview: &Value| {
        let mut service = overview["services"][0].clone();
        service["url"] = Value::Null;
        service
    };
    assert_eq!(same(&after), same(&before));
    let url = after["services"][0]["url"].as_str().unwrap();
    assert!(
        url.starts_with(&running.url()),
        "URLs follow the new port: {url}"
    );
    assert_eq!(control(&running, "settings")["clusterForm"], "Arn");
    let definition = json!({ "taskDefinition": "default-shop" });
    let described = running.call("DescribeTaskDefinition", &definition);
    assert_eq!(described["taskDefinition"]["revision"], 1);
    post(&running, "clock", &json!({ "advanceSeconds": 120 }));
    let later = control(&running, "services");
    assert_eq!(
        later["services"][0]["lastDeployment"]["status"],
        "SUCCESSFUL"
    );
}

#[test]
fn a_flag_overrides_the_state_file() {
    let directory = Directory::new();
    let path = directory.path().join("state.json");
    assert!(start(&path, &["--region", "eu-west-1", "--time-scale", "0"]).terminate());
    let running = start(&path, &["--region", "eu-north-1"]);
    let settings = control(&running, "settings");
    assert_eq!(settings["region"], "eu-north-1");
    assert_eq!(settings["timeScale"], 0.0);
}

#[test]
fn a_change_is_saved_soon_even_if_the_program_is_killed() {
    let directory = Directory::new();
    let path = directory.path().join("state.json");
    let running = start(&path, &["--time-scale", "0"]);
    running.create("shop", "registry.example/shop:1");
    let begun = Instant::now();
    while !std::fs::read_to_string(&path).is_ok_and(|text| text.contains("registry.example/shop:1"))
    {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the change is not saved"
        );
        std::thread::yield_now();
    }
    drop(running);
    let running = start(&path, &[]);
    assert_eq!(
        control(&running, "services")["services"][0]["serviceName"],
        "shop"
    );
}

#[test]
fn an_unreadable_state_file_is_rejected_and_not_changed() {
    let directory = Directory::new();
    let path = directory.path().join("state.json");
    for (text, words) in [
        ("not json", "not the state of an emulator"),
        ("{}", "names no format"),
        ("{\"format\": 1}", "missing field"),
        ("{\"format\": 99, \"added\": true}", "newer emulator"),
    ] {
        std::fs::write(&path, text).unwrap();
        let message = rejected(&path);
        assert!(message.contains(words), "{message}");
        assert!(message.contains("move it away"), "{message}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_state_file_is_used_by_one_emulator_at_a_time() {
    let directory = Directory::new();
    let path = directory.path().join("state.json");
    let running = start(&path, &[]);
    assert!(rejected(&path).contains("used by another emulator"));
    assert!(running.terminate());
    drop(start(&path, &[]));
}
