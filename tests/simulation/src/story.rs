//! The events of a run, for people: time, who, what.

use std::{fmt, time::Duration};

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// An operator process.
    Operator(crate::process::ProcessId),
    /// A user, a tool, or somebody else in AWS.
    Others,
    /// The simulator: clocks, networks, ECS itself.
    Environment,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(id) => write!(f, "operator {}.{}", id.operator, id.start),
            Self::Others => f.write_str("others"),
            Self::Environment => f.write_str("environment"),
        }
    }
}

/// One event of a run.
#[derive(Clone, Debug)]
pub struct Line {
    /// When it happened.
    pub at: Duration,
    /// Who did it.
    pub who: Who,
    /// What happened.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, who, text } = self;
        let milliseconds = at.subsec_millis();
        write!(
            f,
            "{:>6}.{milliseconds:03}  {who:<13}  {text}",
            at.as_secs()
        )
    }
}

/// The events of a run, if they are kept.
#[derive(Debug, Default)]
pub struct Story(Option<Vec<Line>>);

impl Story {
    /// A story that is kept.
    pub fn kept() -> Self {
        Self(Some(Vec::new()))
    }

    /// Adds an event.
    pub fn tell(&mut self, at: Duration, who: Who, text: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.0 {
            let text = text();
            lines.push(Line { at, who, text });
        }
    }

    /// All events.
    pub fn lines(&self) -> &[Line] {
        self.0.as_deref().unwrap_or_default()
    }
}
