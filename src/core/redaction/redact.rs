//! Texts of AWS without what their object hides: AWS quotes environment values and words of the command in its messages.

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

/// What stands in a text in the place of a hidden value.
pub const PLACEHOLDER: &str = "(hidden)";

/// A text of AWS that may be shown and logged. Only a [`Redactor`] makes one of a text that came from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedactedText(String);

/// A text of the program itself quotes nobody.
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

/// Cuts the environment values and the words of the command of an object out of texts about it. The ARN of a secret is
/// no secret, and stays: whoever has to grant access to it must read which one it is.
#[derive(Clone, Default)]
pub struct Redactor {
    values: BTreeSet<Redacted>,
    /// Made of the values when the first text comes: there are many texts about an object, and the values may be large.
    quotations: OnceLock<Arc<Quotations>>,
}

/// All forms of all values, by their first character.
type Quotations = BTreeMap<char, Vec<Quotation>>;

/// Says nothing of the values.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("values", &self.values.len())
            .finish_non_exhaustive()
    }
}

impl Redactor {
    /// For texts about calls in which nothing is hidden.
    pub fn nothing_hidden() -> Self {
        Self::default()
    }

    /// For texts about a configuration.
    pub fn of(configuration: &Configuration) -> Self {
        let mut redactor = Self::default();
        redactor.hide(configuration);
        redactor
    }

    /// Hides what another configuration holds, too: texts about what ran before quote that.
    pub fn hide(&mut self, configuration: &Configuration) {
        let Some(container) = &configuration.container else {
            return;
        };
        // Without `..`: of a new field it has to be said here whether it is hidden.
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

    /// A text from outside, without what is hidden and without what changes at each call, in bounded length.
    pub fn show(&self, text: &str) -> RedactedText {
        if text.is_empty() {
            return RedactedText::default();
        }
        let quotations = self.quotations.get_or_init(|| Arc::new(self.quotations()));
        // Before anything is joined or cut off, by which a value would no longer be found; and once more, since what is
        // dropped in between brings together what was apart.
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
            .flat_map(|value| Quotation::forms(value.reveal()));
        for quotation in all {
            by_first
                .entry(quotation.first())
                .or_default()
                .push(quotation);
        }
        by_first
    }
}

/// As much of a text is read, in characters; of it a smaller part is shown. To look for long values in a long text that
/// nearly quotes them takes the product of both.
const LONGEST_READ: usize = 4_000;

/// The part of a text that is read, and whether that is not all of it.
fn beginning(text: &str) -> (&str, bool) {
    match text.char_indices().nth(LONGEST_READ) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

/// A text that was cut off, without the last characters: too few of a value may be left there to tell that it is one.
fn without_end(text: &str) -> String {
    let kept = text.chars().count().saturating_sub(2 * TRUNCATED_FROM);
    text.chars().take(kept).chain(['…']).collect()
}

/// Puts the placeholder where a value is quoted; the longest quotation wins.
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
