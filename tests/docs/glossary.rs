//! The glossary has no word and no type that the code does not use.

use crate::{
    markdown::code_spans,
    repository::{read, root, rust_sources},
};

const PAGE: &str = "docs/glossary.md";

/// The first cell of each row: the words, in bold, and the types, in code.
fn terms() -> (Vec<String>, Vec<String>) {
    let page = read(PAGE);
    let cells: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| **"))
        .filter_map(|line| line.split(" | ").next())
        .collect();
    let bold = |cell: &str| {
        let words = cell.split("**").step_by(2).map(str::to_owned);
        words
            .filter(|word| word.starts_with(char::is_alphabetic))
            .collect()
    };
    let words = cells.iter().flat_map(|cell| -> Vec<String> { bold(cell) });
    let types = cells.iter().flat_map(|cell| code_spans(cell));
    (words.collect(), types.map(str::to_owned).collect())
}

/// Lower-case words with single spaces: of identifiers in any spelling, and of comments that wrap.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        let starts_word = c.is_uppercase() && before.is_lowercase();
        if (starts_word || !c.is_alphanumeric()) && !plain.ends_with(' ') {
            plain.push(' ');
        }
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        }
        before = c;
    }
    plain
}

#[test]
fn every_word_of_the_glossary_is_used_in_the_code() {
    let (words, types) = terms();
    assert!(
        words.len() > 40 && types.len() > 15,
        "{words:?} and {types:?} are too few to be all"
    );
    let mut sources = String::new();
    for directory in ["src", "emulator", "tests"] {
        rust_sources(&root().join(directory), &mut sources);
    }
    let text = plain(&sources);
    let mut unused: Vec<String> = words
        .into_iter()
        .filter(|word| !text.contains(&plain(word)))
        .collect();
    unused.extend(types.into_iter().filter(|name| {
        let kinds = ["struct", "enum", "type"];
        !kinds.iter().any(|kind| {
            let declared = format!("{kind} {name}");
            sources
                .split(&declared)
                .skip(1)
                .any(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()))
        })
    }));
    assert!(
        unused.is_empty(),
        "{PAGE}: the code does not use {unused:?}"
    );
}
