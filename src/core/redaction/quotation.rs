//! A hidden value in the forms in which a text may quote it.

use std::collections::BTreeSet;

/// Values that are shorter are hidden only where they stand alone: inside other words a `1` or a `true` is no quotation.
const ANYWHERE_FROM: usize = 16;

/// As much of a value must be there to be told where the text breaks off in the middle of it.
pub(crate) const TRUNCATED_FROM: usize = 8;

/// One form of a hidden value.
pub(crate) struct Quotation {
    /// Its characters, each run of whitespace as one space.
    text: Vec<char>,
    place: Place,
}

/// Where in a text a value counts as quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere.
    Anywhere,
    /// Between characters that end a word, and not as a part of an ARN.
    Alone,
}

impl Quotation {
    /// A value as it is, and escaped as JSON, URLs and XML have it.
    pub(crate) fn forms(value: &str) -> Vec<Self> {
        let value = value.trim();
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
                text: single_spaced(&form),
                place,
            })
            .collect()
    }

    /// The character with which it begins.
    pub(crate) fn first(&self) -> char {
        self.text.first().copied().unwrap_or_default()
    }

    /// Where it ends in a text in which it is quoted from `start` on.
    pub(crate) fn end_at(&self, text: &[char], start: usize) -> Option<usize> {
        if self.place == Place::Alone && (!begins_word(text, start) || is_in_arn(text, start)) {
            return None;
        }
        let mut at = start;
        for (matched, wanted) in self.text.iter().enumerate() {
            let run = if *wanted == ' ' {
                text[at..].iter().take_while(|c| c.is_whitespace()).count()
            } else {
                usize::from(text.get(at) == Some(wanted))
            };
            if run == 0 {
                return (matched >= TRUNCATED_FROM && breaks_off(text, at)).then_some(at);
            }
            at += run;
        }
        (self.place == Place::Anywhere || ends_word(text, at)).then_some(at)
    }
}

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

/// Whether a character goes on with the word beside it.
fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '/')
}

fn begins_word(text: &[char], start: usize) -> bool {
    match &text[..start] {
        // `\n` and `%20` are escapes, and no part of the word.
        [.., '\\', 'n' | 'r' | 't'] => true,
        [.., '%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [.., before] => !is_of_a_word(*before) && *before != '.',
        [] => true,
    }
}

fn ends_word(text: &[char], end: usize) -> bool {
    match &text[end..] {
        ['.', after, ..] => !after.is_alphanumeric(),
        [after, ..] => !is_of_a_word(*after),
        [] => true,
    }
}

/// The parts of an ARN are no quotation of a Region or an account in the environment.
fn is_in_arn(text: &[char], start: usize) -> bool {
    let begin = text[..start]
        .iter()
        .rposition(|c| c.is_whitespace() || "\"'(,=[{<".contains(*c))
        .map_or(0, |before| before + 1);
    begin < start && text[begin..].starts_with(&['a', 'r', 'n', ':'])
}

/// Whether the text ends here, or says that it leaves something out.
fn breaks_off(text: &[char], at: usize) -> bool {
    matches!(&text[at..], [] | ['…', ..] | ['.', '.', '.', ..])
}

/// As a JSON string has it, without its quotes.
fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As a JSON string has it that is kept to ASCII.
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

/// As a JSON string has it that may stand in HTML: Go escapes three of these characters, Java's Gson two more.
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

/// As a URL has it.
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

/// As XML and HTML have it.
fn xml(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}
