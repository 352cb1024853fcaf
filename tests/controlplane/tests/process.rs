//! The guardian of a single child process.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Command;
use std::time::Duration;

use controlplane::{Error, Process, Scratch, poll};

const SOON: Duration = Duration::from_secs(10);

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[test]
fn reports_the_exit_code_and_the_log() {
    let scratch = Scratch::new().unwrap();
    let mut command = shell("echo \"$GREETING\"; echo to stderr >&2; exit 7");
    command.env("GREETING", "good morning");
    let mut process = Process::spawn("greeter", command, scratch.path().join("log")).unwrap();
    assert_eq!(process.wait_exit(SOON), Some(7));
    assert_eq!(process.log_tail(), "good morning\nto stderr");
    let error = process.check_alive().unwrap_err().to_string();
    assert_eq!(
        error,
        "greeter ended with code 7; its log ends with:\ngood morning\nto stderr"
    );
}

#[test]
fn a_child_sees_only_the_environment_meant_for_it() {
    let scratch = Scratch::new().unwrap();
    let mut command = Command::new("env");
    command.env("ANSWER", "42");
    let mut process = Process::spawn("env", command, scratch.path().join("log")).unwrap();
    assert_eq!(process.wait_exit(SOON), Some(0));
    let log = process.log();
    // PWD and the like are the shell's own.
    let allowed = [
        "PATH", "HOME", "TMPDIR", "ANSWER", "PWD", "OLDPWD", "SHLVL", "_",
    ];
    assert!(
        log.lines()
            .all(|line| allowed.contains(&line.split_once('=').unwrap().0)),
        "{log}"
    );
    assert!(log.contains("ANSWER=42"), "{log}");
}

#[test]
fn the_signal_reaches_the_child_itself() {
    let scratch = Scratch::new().unwrap();
    let script = "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done";
    let mut process = Process::spawn("waiter", shell(script), scratch.path().join("log")).unwrap();
    poll::until(SOON, "the trap to be set", || {
        if process.log().contains("up") {
            Ok(())
        } else {
            Err(process.log())
        }
    })
    .unwrap();
    assert_eq!(process.wait_exit(Duration::ZERO), None);
    process.interrupt().unwrap();
    assert_eq!(process.wait_exit(SOON), Some(3));
    assert_eq!(process.log_tail(), "up\nbye");
    process.interrupt().unwrap();
}

#[test]
fn a_signal_counts_as_128_and_its_number() {
    let scratch = Scratch::new().unwrap();
    let mut process = Process::spawn(
        "victim",
        shell("kill -s KILL $$"),
        scratch.path().join("log"),
    )
    .unwrap();
    assert_eq!(process.wait_exit(SOON), Some(137));
}

#[test]
fn a_killed_child_takes_its_own_children_along() {
    let scratch = Scratch::new().unwrap();
    let script = "sh -c 'while :; do sleep 0.05; done' & echo $!; wait";
    let mut process = Process::spawn("parent", shell(script), scratch.path().join("log")).unwrap();
    let grandchild = poll::until(SOON, "the grandchild", || {
        process
            .log()
            .trim()
            .parse::<u32>()
            .map_err(|e| e.to_string())
    })
    .unwrap();
    process.kill();
    assert_eq!(process.exit_code(), Some(137));
    poll::until(SOON, "the grandchild to be gone", || {
        let ps = Command::new("ps")
            .args(["-o", "stat=", "-p", &grandchild.to_string()])
            .output()
            .unwrap();
        let state = String::from_utf8(ps.stdout).unwrap();
        if state.trim().is_empty() || state.starts_with('Z') {
            Ok(())
        } else {
            Err(state)
        }
    })
    .unwrap();
}

#[test]
fn a_missing_program_is_an_error_with_its_name() {
    let scratch = Scratch::new().unwrap();
    let error = Process::spawn(
        "none",
        Command::new("/no/such/program"),
        scratch.path().join("log"),
    )
    .unwrap_err();
    assert!(matches!(error, Error::Io { .. }));
    assert!(error.to_string().contains("/no/such/program"), "{error}");
}
