//! A wrapper that keeps the secret parts of a spec out of logs and messages.

use std::fmt;

/// A text that must not appear in logs or messages: the value of an environment variable, a word of a command, or the
/// location of a secret. Its `Debug` output is `…`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Redacted(String);

impl Redacted {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text. Meant for requests to ECS, for hashes, and for finding the text in messages of AWS.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
