//! The forms in which a text may quote a redacted value: unchanged, or escaped as in JSON, URLs and XML.

use std::collections::BTreeSet;

use crate::core::desired::size_limit::TASK_DEFINITION;

/// Length in characters from which a value is redacted inside other words too. A shorter value is redacted only where it
/// stands alone, because a `1` or a `true` inside another word is no quotation.
const ANYWHERE_FROM: usize = 16;

/// Number of characters of a value that must be present for it to be recognised where the text breaks off within it.
pub(crate) const TRUNCATED_FROM: usize = 8;

/// One quoted form of a redacted value.
pub(crate) struct Quotation {
    /// Characters of the form, with each run of whitespace replaced by one space.
    text: Vec<char>,
    place: Place,
}

/// Position in which the value counts as quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere, also inside a word.
    Anywhere,
    /// Only as a whole word, and not as a part of an ARN.
    Alone,
}

impl Quotation {
    /// Returns a value unchanged and in each of its escaped forms, to be found in texts of at most `longest_text`
    /// characters. No longer part of a form is kept: such a text can hold only the beginning of it.
    pub(crate) fn forms(value: &str, longest_text: usize) -> Vec<Self> {
        let value = value.trim();
        // A value beyond the largest that ECS accepts is not worth the memory of its forms.
        let value = value
            .char_indices()
            .nth(TASK_DEFINITION)
            .map_or(value, |(end, _)| &value[..end]);
        let place = if value.chars().count() < ANYWHERE_FROM {
            Place::Alone
        } else {
            Place::Anywhere
        };
        let json = json(value);
        let forms = BTreeSet::from([
            json_ascii(&json),
            json_html(&json, "<>&"),
            json_html(&json, "<>&='"),
            percent(value, "%20"),
            percent(value, "+"),
            xml(value),
            self::json(&json),
            json,
            value.to_owned(),
        ]);
        let nonempty = forms.into_iter().filter(|form| !form.is_empty());
        nonempty
            .map(|form| Self {
                text: beginning(single_spaced(&form), longest_text + 1),
                place,
            })
            .collect()
    }

    /// Number of characters that are kept of the form.
    #[cfg(test)]
    pub(crate) fn length(&self) -> usize {
        self.text.len()
    }

    /// Returns the first character of the form.
    pub(crate) fn first(&self) -> char {
        self.text.first().copied().unwrap_or_default()
    }

    /// Returns the end of the quotation if `text` quotes this form from `start` on.
    pub(crate) fn end_at(&self, text: &[char], start: usize) -> Option<usize> {
        if self.place == Place::Alone && (!begins_word(text, start) || is_in_arn(text, start)) {
            return None;
        }
        let mut at = start;
        for (matched, expected) in self.text.iter().enumerate() {
            let run = if *expected == ' ' {
                text[at..].iter().take_while(|c| c.is_whitespace()).count()
            } else {
                usize::from(text.get(at) == Some(expected))
            };
            if run == 0 {
                return (matched >= TRUNCATED_FROM && breaks_off(text, at)).then_some(at);
            }
            at += run;
        }
        (self.place == Place::Anywhere || ends_word(text, at)).then_some(at)
    }
}

/// The first characters of a form, without the memory of the others.
fn beginning(mut form: Vec<char>, length: usize) -> Vec<char> {
    form.truncate(length);
    form.shrink_to_fit();
    form
}

/// Replaces each run of whitespace by one space.
fn single_spaced(text: &str) -> Vec<char> {
    let mut spaced: Vec<char> = Vec::new();
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c != ' ' || spaced.last() != Some(&' ') {
            spaced.push(c);
        }
    }
    spaced
}

/// Whether a character next to a word belongs to that word.
fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '/')
}

fn begins_word(text: &[char], start: usize) -> bool {
    match &text[..start] {
        // Escapes such as `\n` and `%20` do not belong to the word.
        [.., '\\', 'n' | 'r' | 't'] => true,
        [.., '%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [.., before] => !is_word_char(*before) && *before != '.',
        [] => true,
    }
}

fn ends_word(text: &[char], end: usize) -> bool {
    match &text[end..] {
        ['.', after, ..] => !after.is_alphanumeric(),
        [after, ..] => !is_word_char(*after),
        [] => true,
    }
}

/// Whether `start` lies within an ARN, whose parts do not quote a Region or an account in the environment.
fn is_in_arn(text: &[char], start: usize) -> bool {
    let begin = text[..start]
        .iter()
        .rposition(|c| c.is_whitespace() || "\"'(,=[{<".contains(*c))
        .map_or(0, |before| before + 1);
    begin < start && text[begin..].starts_with(&['a', 'r', 'n', ':'])
}

/// Whether the text ends here or continues with an ellipsis.
fn breaks_off(text: &[char], at: usize) -> bool {
    matches!(&text[at..], [] | ['…', ..] | ['.', '.', '.', ..])
}

/// Escapes a value as in a JSON string, without the quotes.
fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Escapes every character of a JSON string outside ASCII.
fn json_ascii(json: &str) -> String {
    let mut units = [0; 2];
    json.chars().fold(String::new(), |mut escaped, c| {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
        escaped
    })
}

/// Escapes characters of a JSON string that have a meaning in HTML: Go escapes three of them, Java's Gson two more.
fn json_html(json: &str, escaped: &str) -> String {
    json.chars().fold(String::new(), |mut text, c| {
        if escaped.contains(c) {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
        text
    })
}

/// Escapes a value as in a URL, with `space` for each space.
fn percent(value: &str, space: &str) -> String {
    value.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b' ' => escaped.push_str(space),
            b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
            byte => escaped.push_str(&format!("%{byte:02X}")),
        }
        escaped
    })
}

/// Escapes a value as in XML and HTML.
fn xml(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}
