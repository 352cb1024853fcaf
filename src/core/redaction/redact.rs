//! Removal of an object's environment values and command words from texts of AWS, before they are logged or reported.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
};

use crate::core::{
    desired::{
        configuration::{Configuration, Container},
        redacted::Redacted,
    },
    redaction::{
        quotation::{Quotation, TRUNCATED_FROM},
        stable_text::{bounded, stable_words},
    },
};

/// Replacement for a redacted value in a text.
pub const PLACEHOLDER: &str = "(hidden)";

/// A text that may be logged and reported. A text from AWS becomes one only through a [`Redactor`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedactedText(String);

/// A literal of the program contains no user's value.
impl From<&'static str> for RedactedText {
    fn from(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl From<RedactedText> for String {
    fn from(text: RedactedText) -> Self {
        text.0
    }
}

impl Deref for RedactedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RedactedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<&str> for RedactedText {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// Replaces the environment values and the command words of an object in texts about it. The ARN of a secret is not secret
/// itself and stays, since whoever has to grant access to the secret must know which one it is.
#[derive(Clone, Default)]
pub struct Redactor {
    values: BTreeSet<Redacted>,
    /// Computed from the values when the first text arrives, then reused: there are many texts about an object, and the
    /// values may be large.
    quotations: OnceLock<Arc<Quotations>>,
}

/// All quoted forms of all values, by their first character.
type Quotations = BTreeMap<char, Vec<Quotation>>;

/// Prints only the number of values.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("values", &self.values.len())
            .finish_non_exhaustive()
    }
}

impl Redactor {
    /// Creates a redactor for texts about calls that carry no secret value.
    pub fn nothing_hidden() -> Self {
        Self::default()
    }

    /// Creates a redactor for texts about a configuration.
    pub fn of(configuration: &Configuration) -> Self {
        let mut redactor = Self::default();
        redactor.hide(configuration);
        redactor
    }

    /// Adds the values of another configuration. Texts about the previous configuration quote its values.
    pub fn hide(&mut self, configuration: &Configuration) {
        let Some(container) = &configuration.container else {
            return;
        };
        // Without `..`, so that a new field does not compile until it is decided here whether it is redacted.
        let Container {
            image: _,
            container_port: _,
            logs: _,
            credentials: _,
            command,
            environment,
            secrets: _,
        } = container;
        let values = command.iter().chain(environment.values());
        let known = self.values.len();
        self.values.extend(values.cloned());
        if self.values.len() > known {
            self.quotations = OnceLock::new();
        }
    }

    /// Returns a text from AWS without redacted values and without parts that change with each call, such as request ids,
    /// cut to a bounded length.
    pub fn show(&self, text: &str) -> RedactedText {
        if text.is_empty() {
            return RedactedText::default();
        }
        let quotations = self.quotations.get_or_init(|| Arc::new(self.quotations()));
        // Redact first, because joining or cutting words could make a value unrecognisable; then once more, because
        // dropping words can bring the parts of a value together.
        let (text, cut) = beginning(text);
        let mut redacted = redact(text, quotations);
        if cut {
            redacted = without_end(&redacted);
        }
        let redacted = redact(&stable_words(&redacted), quotations);
        RedactedText(bounded(redacted))
    }

    fn quotations(&self) -> Quotations {
        let mut by_first = Quotations::new();
        let all = self
            .values
            .iter()
            .flat_map(|value| Quotation::forms(value.expose(), LONGEST_READ));
        for quotation in all {
            by_first
                .entry(quotation.first())
                .or_default()
                .push(quotation);
        }
        by_first
    }
}

/// Number of characters of a text that are searched; fewer are reported. The bound matters because searching for long
/// values in a long text that almost quotes them takes time proportional to the product of both lengths.
const LONGEST_READ: usize = 4_000;

/// Returns the part of a text that is searched, and whether the rest was cut off.
fn beginning(text: &str) -> (&str, bool) {
    match text.char_indices().nth(LONGEST_READ) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

/// Removes the last characters of a text that was cut off. They may be the beginning of a value, too short to be
/// recognised.
fn without_end(text: &str) -> String {
    let kept = text.chars().count().saturating_sub(2 * TRUNCATED_FROM);
    text.chars().take(kept).chain(['…']).collect()
}

/// Replaces each quoted value by the placeholder. Where several values match, the longest match wins.
fn redact(text: &str, quotations: &Quotations) -> String {
    if quotations.is_empty() {
        return text.to_owned();
    }
    let placeholder: Vec<char> = PLACEHOLDER.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let mut redacted = String::new();
    let mut at = 0;
    while at < text.len() {
        let candidates = quotations.get(&text[at]).into_iter().flatten();
        let end = candidates.filter_map(|it| it.end_at(&text, at)).max();
        if text[at..].starts_with(&placeholder) {
            redacted.push_str(PLACEHOLDER);
            at += placeholder.len();
        } else if let Some(end) = end {
            redacted.push_str(PLACEHOLDER);
            at = end;
        } else {
            redacted.push(text[at]);
            at += 1;
        }
    }
    redacted
}

#[cfg(test)]
#[path = "redact_tests.rs"]
mod tests;
