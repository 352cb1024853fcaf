//! A control plane works, and nothing of it remains, however its owner ends.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use controlplane::{Assets, ControlPlane, poll};

const SOON: Duration = Duration::from_secs(10);

fn await_gone(pids: &[u32], directory: &Path) {
    poll::until(SOON, "the servers and their files to be gone", || {
        let left: Vec<_> = pids.iter().filter(|pid| is_running(**pid)).collect();
        if left.is_empty() && !directory.exists() {
            Ok(())
        } else {
            Err(format!("{left:?}, {}", directory.display()))
        }
    })
    .unwrap();
}

/// A zombie that its new parent has not reaped yet counts as gone.
fn is_running(pid: u32) -> bool {
    let ps = Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8(ps.stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

#[test]
fn serves_until_dropped() {
    let mut plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();

    let namespaces = plane
        .kubectl_run(&["get", "ns", "-o", "name"], None)
        .unwrap();
    assert!(namespaces.contains("namespace/kube-system"), "{namespaces}");

    // The version stamps are in the binaries, and the server is the one that was built.
    let version = plane.kubectl_run(&["version"], None).unwrap();
    assert_eq!(version.matches("v1.").count(), 2, "{version}");

    let manifest = r#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"passing"}}"#;
    plane
        .kubectl_run(&["apply", "-f", "-"], Some(manifest))
        .unwrap();
    plane
        .kubectl_run(&["delete", "ns", "passing", "--timeout", "30s"], None)
        .unwrap();
    let error = plane
        .kubectl_run(&["get", "ns", "passing"], None)
        .unwrap_err();
    assert_eq!(error.code, Some(1));
    assert!(error.stderr.contains("NotFound"), "{error}");

    plane.stop_apiserver().unwrap();
    plane
        .kubectl_run(&["get", "ns", "--request-timeout", "2s"], None)
        .unwrap_err();
    plane.start_apiserver().unwrap();
    plane.kubectl_run(&["get", "ns"], None).unwrap();

    let (pids, directory) = (plane.pids(), plane.dir().to_path_buf());
    assert_eq!(pids.len(), 3);
    assert!(pids.iter().all(|pid| is_running(*pid)));
    drop(plane);
    await_gone(&pids, &directory);
}

#[test]
fn a_service_account_is_no_administrator() {
    let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
    let kubeconfig = plane
        .service_account_kubeconfig("default", "default")
        .unwrap();
    let admin = plane
        .kubectl_run(
            &[
                "auth",
                "whoami",
                "-o",
                "jsonpath={.status.userInfo.username}",
            ],
            None,
        )
        .unwrap();
    assert_eq!(admin, "admin");

    let whoami = [
        "auth",
        "whoami",
        "-o",
        "jsonpath={.status.userInfo.username}",
    ];
    assert_eq!(
        plane.kubectl_run_as(&kubeconfig, &whoami, None).unwrap(),
        "system:serviceaccount:default:default"
    );
    let refused = plane
        .kubectl_run_as(&kubeconfig, &["get", "secrets"], None)
        .unwrap_err();
    assert!(refused.stderr.contains("Forbidden"), "{refused}");
    let content = std::fs::read_to_string(kubeconfig).unwrap();
    assert!(!content.contains("client-"), "{content}");
}

#[test]
fn nothing_outlives_a_killed_owner() {
    let mut owner = Command::new(env!("CARGO_BIN_EXE_plane"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(owner.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let pids: Vec<u32> = lines
        .next()
        .unwrap()
        .strip_prefix("pids ")
        .unwrap()
        .split(' ')
        .map(|pid| pid.parse().unwrap())
        .collect();
    let directory = PathBuf::from(lines.next().unwrap().strip_prefix("dir ").unwrap());
    assert_eq!(pids.len(), 3);
    assert!(pids.iter().all(|pid| is_running(*pid)) && directory.exists());

    // SIGKILL leaves no chance to clean up.
    owner.kill().unwrap();
    owner.wait().unwrap();
    await_gone(&pids, &directory);
}
