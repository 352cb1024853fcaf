//! The options of the demo.

use std::env;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

const USAGE: &str = "usage: demo [--operator PATH] [--emulator PATH] [--time-scale N]
ONCE=1 in the environment walks through and exits.";

/// The options of the demo.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) operator: PathBuf,
    pub(crate) emulator: PathBuf,
    /// Emulated seconds per second.
    pub(crate) time_scale: NonZeroU32,
    /// Walk through, check each step and exit.
    pub(crate) once: bool,
}

impl Options {
    /// The programs, by default those beside this one.
    pub(crate) fn from_environment() -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| error.to_string())?;
        let beside = program.parent().unwrap_or(Path::new("."));
        let mut options = Self {
            operator: beside.join("ecs-express-operator"),
            emulator: beside.join("ecs-express-emulator"),
            time_scale: const { NonZeroU32::new(60).unwrap() },
            once: env::var_os("ONCE").is_some_and(|once| once == "1"),
        };
        let mut arguments = env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or(USAGE)?;
            match name.as_str() {
                "--operator" => options.operator = value.into(),
                "--emulator" => options.emulator = value.into(),
                "--time-scale" => {
                    options.time_scale = value
                        .parse()
                        .map_err(|_| format!("{value} is no number above 0\n{USAGE}"))?;
                }
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }

    /// Checked before the seconds that the control plane takes to start.
    pub(crate) fn check(&self) -> Result<(), String> {
        match [&self.operator, &self.emulator]
            .into_iter()
            .find(|program| !program.is_file())
        {
            None => Ok(()),
            Some(missing) => Err(format!(
                "{} is missing: run `cargo build --workspace --bins`",
                missing.display()
            )),
        }
    }
}
