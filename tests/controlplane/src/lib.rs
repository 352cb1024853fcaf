//! A real Kubernetes control plane on loopback: etcd, kube-apiserver, kube-controller-manager and kubectl.
//!
//! [`Assets::find`] finds the binaries or builds them, [`ControlPlane::start`] starts them, and dropping the
//! [`ControlPlane`] stops them. The children end with this process, even after SIGKILL: see [`Process`].
//!
//! ```no_run
//! # fn main() -> Result<(), controlplane::Error> {
//! let plane = controlplane::ControlPlane::start(&controlplane::Assets::find()?)?;
//! println!("{}", plane.kubectl_run(&["get", "namespaces"], None)?);
//! # Ok(()) }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod assets;
pub mod audit;
mod certificates;
mod commands;
mod error;
pub mod http;
mod kubeconfig;
mod plane;
pub mod poll;
mod ports;
mod process;
mod scratch;
mod tool;

pub use assets::{Assets, Helm};
pub use error::Error;
pub use plane::ControlPlane;
pub use process::Process;
pub use scratch::Scratch;
pub use tool::ToolError;
