//! Starts a control plane, says how to reach it, and keeps it until killed or until stdin closes.
#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::io::Read;
use std::process::ExitCode;

use controlplane::{Assets, ControlPlane, Error};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plane: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let plane = ControlPlane::start(&Assets::find()?)?;
    let pids: Vec<String> = plane.pids().iter().map(u32::to_string).collect();
    println!("pids {}", pids.join(" "));
    println!("dir {}", plane.dir().display());
    println!("export KUBECONFIG={}", plane.admin_kubeconfig().display());
    // Whether it ends or breaks, nobody wants the control plane any more.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    Ok(())
}
