//! The Python environment that `tests/clients/build` made.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Output;

use tokio::process::Command;

/// A program of the environment, without the user's own Python or AWS settings.
pub fn program(name: &str) -> Command {
    let venv = PathBuf::from(env::var_os("CLIENTS_VENV").expect(
        "CLIENTS_VENV is not set: run `make test`, or set it to what `tests/clients/build` prints",
    ));
    let path = venv.join("bin").join(name);
    assert!(
        path.is_file(),
        "CLIENTS_VENV holds no {name}: run `make test`, or set it to what `tests/clients/build` prints"
    );
    let mut command = Command::new(path);
    command
        .env_clear()
        .env("LANG", "C.UTF-8")
        // No bytecode caches among the sources.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true);
    command
}

/// A directory beside the manifest of this crate.
pub fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Both output streams of a program, for a failure message.
pub fn written(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
