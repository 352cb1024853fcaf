//! A parser for as much of Markdown as the documents use.

/// A line outside of a fenced block, or a fenced block.
#[derive(Debug, PartialEq)]
pub enum Piece<'a> {
    Line(&'a str),
    Block { language: &'a str, text: String },
}

/// The pieces of a document, in order.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            pieces.push(Piece::Line(line));
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let mut text = String::new();
        loop {
            let line = lines.next().expect("a fenced block without an end");
            if line.trim() == "```" {
                break;
            }
            text.push_str(line.get(indent..).unwrap_or_default());
            text.push('\n');
        }
        pieces.push(Piece::Block { language, text });
    }
    pieces
}

/// The headings of a document: level and text, without code marks.
pub fn headings(text: &str) -> Vec<(usize, String)> {
    let heading = |piece: Piece<'_>| {
        let Piece::Line(line) = piece else {
            return None;
        };
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let text = line[level..].strip_prefix(' ')?;
        (level > 0).then(|| (level, text.replace('`', "")))
    };
    pieces(text).into_iter().filter_map(heading).collect()
}

/// The anchors of a document, as code hosts make them.
pub fn anchors(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, heading) in headings(text) {
        let slug = slug(&heading);
        let before = found
            .iter()
            .filter(|other| **other == slug || other.strip_prefix(&slug).is_some_and(is_counter))
            .count();
        found.push(if before == 0 {
            slug
        } else {
            format!("{slug}-{before}")
        });
    }
    found
}

fn is_counter(rest: &str) -> bool {
    rest.strip_prefix('-')
        .is_some_and(|digits| digits.parse::<u32>().is_ok())
}

/// The anchor of a heading.
pub fn slug(heading: &str) -> String {
    heading
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => c.to_lowercase().next(),
            _ => None,
        })
        .collect()
}

/// The targets of the links outside of blocks and code.
pub fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in pieces(text) {
        let Piece::Line(line) = piece else { continue };
        let prose = without_code(line);
        for rest in prose.split("](").skip(1) {
            found.extend(rest.split_once(')').map(|(target, _)| target.to_owned()));
        }
    }
    found
}

/// The code spans of a line.
pub fn code_spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

#[test]
fn anchors_are_those_of_code_hosts() {
    let text = "# A `b.c` d\n## Ready\n```\n# no heading\n```\n## Ready\n### spec.tags[].key\n";
    assert_eq!(anchors(text), ["a-bc-d", "ready", "ready-1", "spectagskey"]);
}

#[test]
fn links_in_code_are_none() {
    let text = "[a](b.md#c) `[d](e)` ![f](g.png)\n```\n[h](i)\n```\n";
    assert_eq!(links(text), ["b.md#c", "g.png"]);
}
