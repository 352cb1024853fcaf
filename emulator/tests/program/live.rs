//! The live page, as HTTP serves it and as a browser shows it.

use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::running::{Directory, Running};

/// Starts an emulator with a service whose image is markup.
fn with_a_hostile_image() -> Running {
    let running = Running::start(&["--time-scale", "0"]);
    running.create("shop", "registry.example/<img/src=x>:1");
    running.call("DescribeServices", &json!({ "services": ["<b>none</b>"] }));
    running.call("CreateCluster", &json!({}));
    let clock = json!({ "advanceSeconds": 150 });
    running.exchange("POST /_emulator/clock", &[], &clock.to_string());
    running
}

#[test]
fn the_page_is_self_contained_and_allows_nothing_else() {
    let running = with_a_hostile_image();
    let (head, page) = running.exchange("GET /", &[], "");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(
        head.contains("content-security-policy: default-src 'none'"),
        "{head}"
    );
    assert!(!head.contains("unsafe-inline"), "{head}");
    assert!(!page.contains("://") && !page.contains("style=") && !page.contains("<script>"));
    for (path, kind) in [("/live.css", "text/css"), ("/live.js", "text/javascript")] {
        assert!(page.contains(path.trim_start_matches('/')), "{page}");
        let (head, body) = running.exchange(&format!("GET {path}"), &[], "");
        assert!(head.to_ascii_lowercase().contains(kind), "{head}");
        assert!(
            !body.contains("://") && !body.contains("innerHTML"),
            "{path}"
        );
    }
}

#[test]
fn the_page_reads_the_control_endpoint() {
    let running = with_a_hostile_image();
    let (_, script) = running.exchange("GET /live.js", &[], "");
    let answer = |path: &str| -> serde_json::Value {
        let (_, body) = running.exchange(&format!("GET /_emulator/{path}"), &[], "");
        serde_json::from_str(&body).unwrap()
    };
    let ecs = answer("services");
    let service = &ecs["services"][0];
    for (object, members) in [
        (&ecs, &["nowText", "timeScale", "services"][..]),
        (
            service,
            &[
                "serviceName",
                "statusCode",
                "url",
                "activeRevisions",
                "deployments",
                "managedResources",
            ],
        ),
        (
            &service["activeRevisions"][0],
            &["image", "trafficWeight", "runningTaskCount"],
        ),
        (
            &service["deployments"][0],
            &["status", "serviceDeploymentArn", "isRunning"],
        ),
        (&service["managedResources"][0], &["resource", "status"]),
        (
            &answer("calls?last=1")["calls"][0],
            &["atText", "action", "code", "message"],
        ),
    ] {
        for member in members {
            assert!(
                object.get(member).is_some(),
                "{member} is missing in {object}"
            );
            assert!(script.contains(member), "the page does not show {member}");
        }
    }
}

#[test]
fn a_browser_shows_services_traffic_and_calls_and_executes_none_of_their_text() {
    let Some(browser) = browser() else {
        // Not eprintln, whose output the test harness captures.
        let why = "SKIPPED: no chromium on PATH, so the live page was not tried in a browser";
        writeln!(io::stderr(), "{why}").unwrap();
        return;
    };
    let running = with_a_hostile_image();
    let dom = dom(&browser, &running.url());
    for words in [
        "registry.example/&lt;img/src=x&gt;:1",
        "ACTIVE",
        "SUCCESSFUL",
        "100 %",
        "load balancer",
        "UnknownOperationException",
        "the clock is stopped",
    ] {
        assert!(dom.contains(words), "{words} is missing in {dom}");
    }
    assert!(!dom.contains("<img"), "{dom}");
}

/// Returns the page after its scripts have run for a while.
fn dom(browser: &Path, url: &str) -> String {
    let profile = Directory::new();
    let path = profile.path().join("dom.html");
    let mut child = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--virtual-time-budget=4000", "--dump-dom", url])
        .stdout(File::create(&path).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(180) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the browser does not come to an end");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    std::fs::read_to_string(&path).unwrap()
}

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join("chromium"))
        .find(|program| program.is_file())
}
