//! A tokenizer for as much of Rust as paths and module declarations need.

/// A token, with the line on which it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Word(String),
    /// `::`
    PathSeparator,
    Symbol(char),
    /// A string, a character or a number.
    Literal,
}

impl Token {
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub fn is(&self, symbol: char) -> bool {
        self.kind == Kind::Symbol(symbol)
    }
}

/// The tokens of a source text, without comments.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (length, kind) = next(rest, first);
        if let Some(kind) = kind {
            found.push(Token { kind, line });
        }
        let (consumed, remaining) = rest.split_at(length);
        line += consumed.matches('\n').count();
        rest = remaining;
    }
    found
}

/// Length and kind of the token, comment or white space at the start of a text.
fn next(text: &str, first: char) -> (usize, Option<Kind>) {
    if text.starts_with("//") {
        return (text.find('\n').unwrap_or(text.len()), None);
    }
    if text.starts_with("/*") {
        return (block_comment(text), None);
    }
    if let Some(length) = string(text) {
        return (length, Some(Kind::Literal));
    }
    if first == '\'' {
        return quote(text);
    }
    if first.is_alphabetic() || first == '_' {
        let length = word_length(text);
        return (length, Some(Kind::Word(text[..length].to_owned())));
    }
    if first.is_ascii_digit() {
        return (word_length(text), Some(Kind::Literal));
    }
    if text.starts_with("::") {
        return (2, Some(Kind::PathSeparator));
    }
    let kind = (!first.is_whitespace()).then_some(Kind::Symbol(first));
    (first.len_utf8(), kind)
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 && at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length of the string literal at the start of a text, raw and byte strings included.
fn string(text: &str) -> Option<usize> {
    let prefix = text.find(|c: char| !matches!(c, 'b' | 'c' | 'r'))?;
    if prefix > 2 {
        return None;
    }
    let (prefix, body) = text.split_at(prefix);
    if prefix.contains('r') {
        let hashes = body.find(|c: char| c != '#')?;
        if !body[hashes..].starts_with('"') {
            return None;
        }
        let end = format!("\"{}", "#".repeat(hashes));
        let start = hashes + 1;
        let length = body[start..].find(&end)?;
        return Some(prefix.len() + start + length + end.len());
    }
    let mut characters = body.strip_prefix('"')?.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            '"' => return Some(prefix.len() + at + 2),
            _ => (),
        }
    }
    Some(text.len())
}

/// A character or a lifetime.
fn quote(text: &str) -> (usize, Option<Kind>) {
    let body = &text[1..];
    let escaped = body.starts_with('\\');
    let after = if escaped {
        2
    } else {
        body.chars().next().map_or(0, char::len_utf8)
    };
    if escaped || body.get(after..).is_some_and(|rest| rest.starts_with('\'')) {
        let end = body.get(after..).and_then(|rest| rest.find('\''));
        let length = end.map_or(text.len(), |end| 1 + after + end + 1);
        return (length, Some(Kind::Literal));
    }
    (1 + word_length(body), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text)
            .iter()
            .filter_map(Token::word)
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn comments_strings_and_characters_contain_no_words() {
        let text = r##"a /* b /* c */ d */ "e \" f" r#"g " h"# b"i" '"' 'j' '\'' "k" // l
            m"##;
        assert_eq!(words(text), ["a", "m"]);
    }

    #[test]
    fn lifetimes_end_no_string() {
        assert_eq!(
            words("fn a<'b>(c: &'b str) -> &'static str { \"d\" }"),
            ["fn", "a", "c", "str", "str"]
        );
    }

    #[test]
    fn tokens_have_the_line_on_which_they_start() {
        let lines: Vec<_> = tokens("a\n/* b\n */ \"c\nd\" e::f")
            .iter()
            .map(|token| token.line)
            .collect();
        assert_eq!(lines, [1, 3, 4, 4, 4]);
    }

    #[test]
    fn a_word_that_begins_like_a_string_prefix_is_a_word() {
        assert_eq!(
            words("break r b rb br_ crate \"x\""),
            ["break", "r", "b", "rb", "br_", "crate"]
        );
    }
}
