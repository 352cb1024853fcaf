//! Start and stop of the program, and arguments that it rejects.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    process::{Command, Output, Stdio},
};

use crate::running::{Running, program};

fn rejected(arguments: &[&str]) -> (Output, String) {
    let output = program().args(arguments).output().unwrap();
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    (output, text)
}

#[test]
fn the_program_prints_its_address_writes_its_port_and_stops_on_sigterm() {
    let port_file = std::env::temp_dir().join(format!("emulator-port-{}", std::process::id()));
    let child = program()
        .args([
            "--listen",
            "127.0.0.1:0",
            "--region",
            "eu-central-1",
            "--port-file",
        ])
        .arg(&port_file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut running = Running::from(child);
    let mut lines = BufReader::new(running.child.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    let port = std::fs::read_to_string(&port_file).unwrap();
    std::fs::remove_file(&port_file).unwrap();
    let url = format!("http://127.0.0.1:{}", port.trim());
    assert!(first.trim().ends_with(&url), "{first}");
    let id = running.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert!(running.child.wait().unwrap().success());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(
        rest.contains(&format!("export AWS_ENDPOINT_URL={url}\n")),
        "{rest}"
    );
    assert!(rest.contains("export AWS_REGION=eu-central-1\n"), "{rest}");
}

#[test]
fn a_taken_port_is_said_and_ends_with_1() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (output, message) = rejected(&["--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        message.contains(&format!("{address} is taken")),
        "{message}"
    );
}

#[test]
fn an_address_that_other_machines_can_reach_needs_a_flag() {
    let (output, message) = rejected(&["--listen", "0.0.0.0:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains("--allow-remote"), "{message}");
}

#[test]
fn an_invalid_account_id_is_rejected() {
    let (output, message) = rejected(&["--listen", "127.0.0.1:0", "--account-id", "me"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains("twelve digits"), "{message}");
}

#[test]
fn help_explains_every_flag() {
    let output = program().arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for flag in [
        "--listen",
        "--allow-remote",
        "--time-scale",
        "--account-id",
        "--region",
        "--cluster",
        "--port-file",
        "--state-file",
    ] {
        assert!(help.contains(flag), "{help}");
    }
}
