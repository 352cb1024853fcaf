//! Errors of a control plane that does not start.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use controlplane::Scratch;

fn failing_start(variable: &str, path: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_plane"))
        .env(variable, path)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn script(directory: &Path, text: &str) -> PathBuf {
    let path = directory.join("script");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_missing_binary_is_named_with_its_variable() {
    let message = failing_start("TEST_ASSET_ETCD", Path::new("/no/such/etcd"));
    assert!(
        message.contains("TEST_ASSET_ETCD names /no/such/etcd"),
        "{message}"
    );
}

#[test]
fn a_server_that_exits_is_reported_with_its_code_and_log() {
    let scratch = Scratch::new().unwrap();
    let server = script(scratch.path(), "echo the flux capacitor is missing; exit 9");
    let message = failing_start("TEST_ASSET_KUBE_APISERVER", &server);
    assert!(
        message.contains("kube-apiserver ended with code 9"),
        "{message}"
    );
    assert!(
        message.contains("the flux capacitor is missing"),
        "{message}"
    );
}

#[test]
fn a_taken_port_means_another_attempt_with_other_ports() {
    let scratch = Scratch::new().unwrap();
    let tries = scratch.path().join("tries");
    let text = format!(
        "echo try >>'{}'; echo 'bind: address already in use'; exit 1",
        tries.display()
    );
    let message = failing_start("TEST_ASSET_ETCD", &script(scratch.path(), &text));
    assert!(message.contains("etcd ended with code 1"), "{message}");
    assert_eq!(fs::read_to_string(tries).unwrap().lines().count(), 3);
}

#[test]
fn an_unknown_helm_version_prints_the_usage() {
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("build");
    let output = Command::new(build)
        .arg("helm5")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("usage: build [--check | helm4 | helm3]"),
        "{message}"
    );
}
