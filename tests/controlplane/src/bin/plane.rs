//! Starts a control plane, prints how to reach it, and keeps it running until it is killed or stdin closes.
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
    // Whether stdin ends or fails, the control plane is no longer needed.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    Ok(())
}
