//! One word for each concept: retired words occur nowhere.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    repository::{read, root},
    retired_words::{ALLOWED, IDENTIFIERS, PHRASES},
};

/// Where retired words are looked for. The changelog names them, and so may the glossary.
const PLACES: [&str; 12] = [
    "src",
    "docs",
    "charts",
    "emulator",
    "examples",
    "tests",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "Makefile",
    "Dockerfile",
    ".github",
];
const EXEMPT: [&str; 3] = [
    "docs/glossary.md",
    "tests/docs/retired_words.rs",
    "emulator/target",
];
const EXTENSIONS: [&str; 13] = [
    "rs", "md", "py", "yaml", "yml", "tpl", "txt", "json", "toml", "html", "js", "css", "sh",
];
const WITHOUT_EXTENSION: [&str; 2] = ["Makefile", "Dockerfile"];

/// The text files of this repository below a path, by their path in it.
fn files(path: &str, found: &mut Vec<String>) {
    if EXEMPT.contains(&path) {
        return;
    }
    let full = root().join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            files(&format!("{path}/{name}"), found);
        }
    } else {
        let extension = Path::new(path).extension();
        let is_text = extension
            .and_then(|e| e.to_str())
            .is_some_and(|e| EXTENSIONS.contains(&e))
            || WITHOUT_EXTENSION.contains(&path);
        if is_text && !path.ends_with("requirements.txt") {
            found.push(path.to_owned());
        }
    }
}

/// A text as one line, so that phrases are found across line breaks, with the line of each byte.
struct Prose {
    text: String,
    lines: Vec<usize>,
}

impl Prose {
    fn of(text: &str) -> Self {
        let (mut joined, mut lines) = (String::new(), Vec::new());
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start().trim_start_matches(['/', '!', '#', '>']);
            joined.push_str(line.trim().trim_end_matches('\\').trim_end());
            joined.push(' ');
            lines.resize(joined.len(), number + 1);
        }
        Self {
            text: joined,
            lines,
        }
    }

    /// In lower case, and with underscores as spaces: the words of test names are prose too.
    fn words(&self) -> Self {
        Self {
            text: self.text.to_ascii_lowercase().replace('_', " "),
            lines: self.lines.clone(),
        }
    }

    /// The lines in which a phrase starts, as whole words.
    fn find(&self, phrase: &str) -> BTreeSet<usize> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let starts = self.text.match_indices(phrase).map(|(at, _)| at);
        starts
            .filter(|at| {
                let (before, after) = (&self.text[..*at], &self.text[at + phrase.len()..]);
                let within = before.ends_with(is_part) && phrase.starts_with(is_part);
                let goes_on = after.starts_with(is_part) && phrase.ends_with(is_part);
                !within && !goes_on
            })
            .map(|at| self.lines[at])
            .collect()
    }
}

/// `file:line: "word" is retired, use …` for each retired word of a text.
fn problems(file: &str, text: &str) -> Vec<String> {
    let prose = Prose::of(text);
    let words = prose.words();
    let identifiers = IDENTIFIERS.iter().map(|retired| (&prose, retired));
    let phrases = PHRASES.iter().map(|retired| (&words, retired));
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (prose, (retired, instead)) in identifiers.chain(phrases) {
        for line in prose.find(retired) {
            let is_allowed = ALLOWED.iter().any(|(path, word, fragment, _)| {
                file.starts_with(path)
                    && *word == *retired
                    && lines[line - 1]
                        .to_ascii_lowercase()
                        .contains(&fragment.to_ascii_lowercase())
            });
            if !is_allowed {
                found.push(format!(
                    "{file}:{line}: \"{retired}\" is retired, use {instead}"
                ));
            }
        }
    }
    found
}

#[test]
fn no_retired_word_is_used() {
    let mut all = Vec::new();
    for place in PLACES {
        files(place, &mut all);
    }
    assert!(all.len() > 300, "{} files are too few", all.len());
    let found: Vec<String> = all
        .iter()
        .flat_map(|file| problems(file, &read(file)))
        .collect();
    assert!(
        found.is_empty(),
        "{} places:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn a_retired_word_is_found_where_it_is_a_whole_word() {
    let found = |text: &str| problems("src/example.rs", text).len();
    assert_eq!(found("struct Sightings;"), 1);
    assert_eq!(found("struct MySightings;"), 0);
    assert_eq!(found("/// The Next\n    /// look."), 1);
    assert_eq!(found("fn the_object_is_told_once() {}"), 1);
    assert_eq!(found("\"it is tried again by \\\n    itself\""), 1);
    assert_eq!(found("an outlook; stolidly"), 0);
}

#[test]
fn an_allowed_place_allows_one_word_in_one_place() {
    let (path, word, fragment, _) = ALLOWED[0];
    let text = format!("{fragment} {word}");
    assert!(problems(path, &text).is_empty());
    assert_eq!(problems("src/example.rs", &text).len(), 1);
}
