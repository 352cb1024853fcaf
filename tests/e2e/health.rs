//! What the operator reports about itself: /healthz, /readyz and /metrics.

use controlplane::{Assets, ControlPlane, Process, http, poll};
use ecs_express_emulator::{Emulator, Fault, Settings};
use serde_json::json;

use crate::fixture::{DEADLINE, TestNamespace, fixture, operator_command};
use crate::release::{self, NAME, NAMESPACE};

/// An operator of one namespace that serves probes and metrics, and its address.
fn listening(name: &str, command: std::process::Command) -> (Process, std::net::SocketAddr) {
    let mut command = command;
    command.args(["--listen", "127.0.0.1:0"]);
    let log = fixture().plane.dir().join(format!("{name}.log"));
    let process = Process::spawn(name, command, log).unwrap();
    let address = poll::until(DEADLINE, "the address it listens on", || {
        let log = process.log();
        let line = log.lines().find(|line| line.contains("serving /healthz"));
        let line: serde_json::Value = serde_json::from_str(line.ok_or(log.clone())?).unwrap();
        line["address"].as_str().unwrap().parse().map_err(|_| log)
    });
    (process, address.unwrap())
}

fn kubeconfig() -> std::path::PathBuf {
    fixture()
        .plane
        .service_account_kubeconfig(NAMESPACE, NAME)
        .unwrap()
}

/// The value of a metric with these labels; 0 if it does not exist yet.
fn metric(address: std::net::SocketAddr, series: &str) -> f64 {
    let answer = http::get(address, "/metrics").unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.ends_with("# EOF\n"), "{}", answer.body);
    let found = answer
        .body
        .lines()
        .find_map(|line| line.strip_prefix(series));
    found.map_or(0.0, |value| value.trim().parse().unwrap())
}

#[test]
fn a_running_operator_is_ready_and_counts_what_it_does() {
    let namespace = TestNamespace::new("health");
    let mut command = operator_command(&kubeconfig(), &fixture().emulator.url());
    // The fixture's operator reconciles the object too; this one only observes it.
    command.args(["--namespace", namespace.namespace]);
    let (_process, address) = listening("health", command);
    assert_eq!(http::get(address, "/healthz").unwrap().body, "ok\n");
    let all = "[+] kubernetes: ok\n[+] aws: ok\n[+] watch: ok\n";
    poll::until(DEADLINE, "ready", || {
        let answer = http::get(address, "/readyz").unwrap();
        let ready = answer.status == 200 && answer.body == all;
        ready.then_some(()).ok_or(answer.body)
    })
    .unwrap();
    namespace.apply("shop", &json!({}));
    namespace.until_ready("shop");
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("ecs_express_build_info{{version=\"{version}\"}}");
    assert!((metric(address, &build) - 1.0).abs() < f64::EPSILON);
    for series in [
        "ecs_express_objects{state=\"ready\"}",
        "ecs_express_reconciles_total{outcome=\"at_rest\"}",
        "ecs_express_reconcile_seconds_count",
        "ecs_express_ecs_calls_total{operation=\"DescribeExpressGatewayService\",class=\"ok\"}",
        "ecs_express_ecs_call_seconds_count{operation=\"GetCallerIdentity\"}",
    ] {
        poll::until(DEADLINE, series, || {
            let value = metric(address, series);
            (value >= 1.0).then_some(()).ok_or(value.to_string())
        })
        .unwrap();
    }
    assert_eq!(http::get(address, "/").unwrap().status, 404);
    assert_eq!(http::post(address, "/metrics", "{}").unwrap().status, 405);
}

/// Waits until `/readyz` has this status and a body with this part.
fn until_readyz(address: std::net::SocketAddr, status: u16, part: &str) {
    poll::until(DEADLINE, part, || {
        let answer = http::get(address, "/readyz").unwrap();
        let found = answer.status == status && answer.body.contains(part);
        found.then_some(()).ok_or(answer.body)
    })
    .unwrap();
}

#[test]
fn an_api_server_that_is_lost_after_the_start_makes_it_unready_until_it_is_back() {
    let mut plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
    release::install(&plane, &fixture().emulator.url());
    let kubeconfig = plane.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
    let command = operator_command(&kubeconfig, &fixture().emulator.url());
    let (_process, address) = listening("lost-api-server", command);
    let ready = "[+] kubernetes: ok\n[+] aws: ok\n[+] watch: ok\n";
    until_readyz(address, 200, ready);

    // The permissions are taken away, which the open watch does not notice.
    let binding = ["get", "clusterrolebinding", NAME, "-o", "json"];
    let binding = plane.kubectl_run(&binding, None).unwrap();
    let delete = ["delete", "clusterrolebinding", NAME];
    plane.kubectl_run(&delete, None).unwrap();
    until_readyz(
        address,
        503,
        "[-] kubernetes: the operator is not allowed to list expressservices",
    );
    let restore = ["create", "-f", "-"];
    let mut binding: serde_json::Value = serde_json::from_str(&binding).unwrap();
    binding["metadata"] = json!({"name": NAME});
    plane
        .kubectl_run(&restore, Some(&binding.to_string()))
        .unwrap();
    until_readyz(address, 200, ready);

    plane.stop_apiserver().unwrap();
    until_readyz(address, 503, "[-] kubernetes: ");
    plane.start_apiserver().unwrap();
    until_readyz(address, 200, ready);
}

#[test]
fn credentials_that_are_lost_after_the_start_make_it_unready_though_it_has_no_object() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = Settings::default();
    let emulator = runtime.block_on(Emulator::start(settings)).unwrap();
    let mut command = operator_command(&kubeconfig(), &emulator.url());
    command.args(["--namespace", "empty"]);
    let (_process, address) = listening("lost-credentials", command);
    until_readyz(address, 200, "[+] aws: ok");
    let rejected = "The security token included in the request is invalid";
    let lost = Fault::new("GetCallerIdentity", "InvalidClientTokenId", rejected).times(3);
    emulator.fail_next(lost);
    until_readyz(address, 503, rejected);
    until_readyz(address, 200, "[+] aws: ok");
}

#[test]
fn while_it_cannot_work_it_is_alive_and_says_why_it_is_not_ready() {
    // An API server that accepts the connection and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = fixture().plane.dir().join("silent.kubeconfig");
    let text = std::fs::read_to_string(kubeconfig()).unwrap();
    let server = format!("http://{}", silent.local_addr().unwrap());
    std::fs::write(
        &config,
        text.replace(&fixture().plane.server_url(), &server),
    )
    .unwrap();
    let command = operator_command(&config, &fixture().emulator.url());
    let (_process, address) = listening("silent", command);
    assert_eq!(http::get(address, "/healthz").unwrap().status, 200);
    let answer = http::get(address, "/readyz").unwrap();
    assert_eq!(answer.status, 503);
    assert!(
        answer.body.contains("[-] kubernetes: not checked yet"),
        "{}",
        answer.body
    );
    let answer = http::get(address, "/metrics").unwrap();
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("/readyz says why"), "{}", answer.body);
}

#[test]
fn while_sts_is_unreachable_it_keeps_running_and_reports_it_until_sts_answers() {
    waits_for_sts("static keys", "[-] aws: GetCallerIdentity", |_| {});
}

#[test]
fn while_a_web_identity_cannot_be_exchanged_it_keeps_running_and_reports_it_until_sts_answers() {
    let token = fixture().plane.dir().join("web-identity-token");
    std::fs::write(&token, "token").unwrap();
    waits_for_sts(
        "web identity",
        "[-] aws: AWS credentials could not be loaded",
        |command| {
            command
                .env_remove("AWS_ACCESS_KEY_ID")
                .env_remove("AWS_SECRET_ACCESS_KEY")
                .env("AWS_CONFIG_FILE", "/nonexistent")
                .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
                .env("AWS_WEB_IDENTITY_TOKEN_FILE", &token)
                .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/operator");
        },
    );
}

fn waits_for_sts(name: &str, says: &str, credentials: impl Fn(&mut std::process::Command)) {
    // A port that nobody listens on yet.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = free.local_addr().unwrap();
    drop(free);
    let mut command = operator_command(&kubeconfig(), &format!("http://{endpoint}"));
    command.args(["--namespace", "aws-away"]);
    credentials(&mut command);
    let (mut process, address) = listening(name, command);
    let readyz = |expected: u16, part: &str| {
        poll::until(DEADLINE, part, || {
            let answer = http::get(address, "/readyz").unwrap();
            let said = answer.status == expected && answer.body.contains(part);
            said.then_some(()).ok_or(answer.body)
        })
        .unwrap();
    };
    readyz(503, says);
    process.check_alive().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = ecs_express_emulator::Settings::default();
    let aws = ecs_express_emulator::Emulator::listen(endpoint, settings);
    let _aws = runtime.block_on(aws).unwrap();
    readyz(200, "[+] aws: ok");
}

#[test]
fn the_liveness_probe_is_answered_in_its_time_whatever_connections_are_open() {
    let mut command = operator_command(&kubeconfig(), &fixture().emulator.url());
    command.args(["--namespace", "aws-away"]);
    let (_process, address) = listening("crowded", command);
    let began = std::time::Instant::now();
    let connect = |_| std::net::TcpStream::connect(address).unwrap();
    let _idle: Vec<_> = (0..300).map(connect).collect();
    let answer = http::get(address, &release::container().probes[0]).unwrap();
    assert_eq!(answer.status, 200);
    // timeoutSeconds of the chart's probe.
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_port_that_is_taken_is_named_with_the_flag() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = operator_command(&kubeconfig(), &fixture().emulator.url())
        .args(["--listen", &address])
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.contains("--listen") && error.contains(&address),
        "{error}"
    );
}

#[test]
fn the_probes_of_the_charts_deployment_are_answered() {
    let mut command = operator_command(&kubeconfig(), &fixture().emulator.url());
    command.args(["--namespace", "aws-away"]);
    let (_process, address) = listening("probed", command);
    for path in &release::container().probes {
        poll::until(DEADLINE, path, || match http::get(address, path) {
            Ok(answer) if answer.status == 200 => Ok(()),
            Ok(answer) => Err(format!("{} {}", answer.status, answer.body)),
            Err(error) => Err(error.to_string()),
        })
        .unwrap();
    }
}
