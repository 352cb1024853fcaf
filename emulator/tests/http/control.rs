//! The control endpoint, and the same control through the library.

use std::time::Duration;

use ecs_express_emulator::{Change, Emulator, Outcome, Settings};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::client::{call, control, create_request, exchange, stopped_clock};

#[tokio::test]
async fn the_control_endpoint_sets_errors_outcomes_and_changes_and_lists_calls() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    let fault = json!({
        "action": "CreateExpressGatewayService", "code": "ServerException", "message": "oops",
    });
    assert_eq!(
        control(port, "POST /_emulator/errors", fault).await.status,
        200
    );
    let answer = call(port, "CreateExpressGatewayService", create_request()).await;
    assert_eq!(answer.unwrap().status, 500);
    let outcome = json!({ "service": "shop", "outcome": "NeverComesUp" });
    assert_eq!(
        control(port, "POST /_emulator/outcomes", outcome)
            .await
            .status,
        200
    );
    call(port, "CreateExpressGatewayService", create_request()).await;
    let clock = json!({ "advanceSeconds": 600 });
    assert_eq!(
        control(port, "POST /_emulator/clock", clock).await.status,
        200
    );
    let services = control(port, "GET /_emulator/services", Value::Null)
        .await
        .json();
    assert_eq!(
        services["services"][0]["lastDeployment"]["status"],
        "IN_PROGRESS"
    );
    let change = json!({ "service": "shop", "delete": true });
    assert_eq!(
        control(port, "POST /_emulator/changes", change)
            .await
            .status,
        200
    );
    let calls = control(port, "GET /_emulator/calls", Value::Null)
        .await
        .json();
    let codes: Vec<&Value> = calls["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| &call["code"])
        .collect();
    assert_eq!(codes, [&json!("ServerException"), &Value::Null]);
    control(port, "DELETE /_emulator/calls", Value::Null).await;
    assert!(emulator.calls().is_empty());
}

#[tokio::test]
async fn the_control_endpoint_names_the_invalid_input() {
    let emulator = stopped_clock().await;
    let cases = [
        (
            "outcomes",
            json!({ "service": "shop", "outcome": "Explode" }),
            "RollBackByAlarm",
        ),
        (
            "outcomes",
            json!({ "service": "shop", "result": "Succeed" }),
            "`result`",
        ),
        (
            "errors",
            json!({ "action": "Create", "code": "X" }),
            "CreateExpressGatewayService",
        ),
        (
            "errors",
            json!({ "action": "*", "code": "X", "time": 2 }),
            "`time`",
        ),
        (
            "changes",
            json!({ "service": "shop", "delet": true }),
            "`delet`",
        ),
        (
            "changes",
            json!({ "service": "none", "delete": true }),
            "ClusterNotFoundException",
        ),
        ("clock", json!({ "advance": 2 }), "advanceSeconds"),
        ("settings", json!({ "emptyLists": "Maybe" }), "emptyLists"),
    ];
    for (name, body, word) in cases {
        let answer = control(emulator.port(), &format!("POST /_emulator/{name}"), body).await;
        assert_eq!(answer.status, 400, "{name}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(word), "{message} should name {word}");
    }
    let answer = control(emulator.port(), "GET /_emulator/none", Value::Null).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn settings_and_health_can_be_read() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    let answer = control(
        port,
        "POST /_emulator/settings",
        json!({ "clusterForm": "Arn" }),
    )
    .await;
    assert_eq!(answer.json()["clusterForm"], "Arn");
    assert_eq!(answer.json()["endpointBase"], emulator.url());
    let health = control(port, "GET /_emulator/health", Value::Null)
        .await
        .json();
    assert_eq!(health["status"], "ok");
}

#[tokio::test]
async fn the_virtual_clock_follows_the_real_one_at_its_scale() {
    let settings = Settings {
        time_scale: 100_000.0,
        ..Settings::default()
    };
    let emulator = Emulator::start(settings).await.unwrap();
    call(
        emulator.port(),
        "CreateExpressGatewayService",
        create_request(),
    )
    .await;
    let done = async {
        loop {
            let services = emulator.with_model(|model| model.overview());
            if services["services"][0]["lastDeployment"]["status"] == "SUCCESSFUL" {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), done)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_library_offers_what_the_control_endpoint_does() {
    let emulator = stopped_clock().await;
    emulator
        .change_settings(&json!({ "clusters": ["team"] }))
        .unwrap();
    let change = json!({ "service": "shop", "customer": true });
    emulator
        .change(Change::from_wire(&change).unwrap())
        .unwrap();
    emulator.set_outcome("other", Outcome::Succeed);
    let answer = call(
        emulator.port(),
        "CreateExpressGatewayService",
        create_request(),
    )
    .await;
    assert_eq!(answer.unwrap().status, 400);
}

#[tokio::test]
async fn dropping_the_emulator_stops_it() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    drop(emulator);
    let stopped = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), stopped)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_web_page_of_another_site_cannot_control_the_emulator() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    let clock = json!({ "advanceSeconds": 1 }).to_string();
    let start = "POST /_emulator/clock";
    let foreign = exchange(port, start, &["Origin: http://other.example"], &clock).await;
    assert_eq!(foreign.unwrap().status, 403);
    let own = exchange(port, start, &["Origin: http://localhost"], &clock).await;
    assert_eq!(own.unwrap().status, 200);
}

#[tokio::test]
async fn a_rebound_host_name_reads_nothing() {
    let emulator = stopped_clock().await;
    let calls = "GET /_emulator/calls";
    for (host, status) in [
        ("Host: rebound.example:4566", 403),
        ("Host: LOCALHOST:4566", 200),
        ("Host: 127.0.0.1:4566", 200),
        ("Host: [::1]:4566", 200),
    ] {
        let answer = exchange(emulator.port(), calls, &[host], "").await.unwrap();
        assert_eq!(answer.status, status, "{host}");
    }
}

#[tokio::test]
async fn the_readme_names_every_setting_and_every_action() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    let readme = include_str!("../../README.md");
    let settings = control(port, "GET /_emulator/settings", Value::Null)
        .await
        .json();
    for name in settings.as_object().unwrap().keys() {
        assert!(
            readme.contains(&format!("`{name}")),
            "the README lacks {name}"
        );
    }
    let rejection = call(port, "CreateService", json!({})).await.unwrap().json();
    let (_, actions) = rejection["message"]
        .as_str()
        .unwrap()
        .split_once("Supported: ")
        .unwrap();
    for action in actions.trim_end_matches('.').split(", ") {
        assert!(readme.contains(action), "the README lacks {action}");
    }
}
