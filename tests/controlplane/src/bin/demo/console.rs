//! The output of the demo's steps.

use std::time::Instant;

const STEPS: u32 = 6;

/// A step in progress.
pub(crate) struct Step {
    began: Instant,
}

impl Step {
    /// Prints the start of a step.
    pub(crate) fn begin(number: u32, name: &str, what: &str) -> Self {
        println!("[{number}/{STEPS}] {name:<14} {what}");
        Self {
            began: Instant::now(),
        }
    }

    /// Prints the start of a step of the walk.
    pub(crate) fn begin_unnumbered(name: &str, what: &str) -> Self {
        println!("[walk] {name:<13} {what}");
        Self {
            began: Instant::now(),
        }
    }

    /// Prints the end of the step and its duration.
    pub(crate) fn done(self, detail: &str) {
        let seconds = self.began.elapsed().as_secs_f64();
        let separator = if detail.is_empty() { "" } else { ": " };
        println!("      ok after {seconds:.1} s{separator}{detail}");
    }
}

/// `text`, set off from the steps.
pub(crate) fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("      | {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
