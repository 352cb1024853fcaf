//! Words and phrases that were replaced by one word each do not come back. docs/glossary.md has the words to use.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{glossary::plain, repository::root};

/// Where people and programmers read.
const PLACES: [&str; 8] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs",
    "charts/ecs-express-operator",
    "examples",
    "emulator",
    "src",
];

/// Kinds of files with text of our own.
const KINDS: [&str; 8] = ["md", "rs", "yaml", "yml", "tpl", "txt", "toml", "json"];

/// In lower case and single words, as [`plain`] gives them: an identifier in any spelling is found too.
const RETIRED: [&str; 45] = [
    "are told",
    "at rest",
    "before sending",
    "believed",
    "by itself",
    "finalizer stored",
    "findings",
    "for ever",
    "goes when it is gone",
    "has been told",
    "is believed",
    "is news",
    "is to be seen",
    "is told",
    "journal",
    "look at tags",
    "look interval",
    "look rate",
    "looked at again",
    "looked for again",
    "looks at",
    "neighbours",
    "never again",
    "next look",
    "not to be seen",
    "on its way",
    "outside change",
    "outside changes",
    "pass error",
    "pass outcome",
    "passes under way",
    "proving absence",
    "put right",
    "shown only",
    "shown text",
    "sighting",
    "sightings",
    "status memory",
    "stubborn",
    "tells the truth",
    "the object goes",
    "tried again by itself",
    "typical json",
    "what it shall be",
    "worth telling",
];

/// Uses in an ordinary sense, or of a name that users depend on.
const ALLOWED: [(&str, &str); 11] = [
    // The label of the metric, and the rows of the benchmark.
    ("docs/monitoring.md", "at rest"),
    ("docs/benchmarks.md", "at rest"),
    ("src/telemetry/metrics.rs", "at rest"),
    // Former names that are still accepted.
    ("src/cli.rs", "look interval"),
    ("src/cli.rs", "look rate"),
    ("charts/ecs-express-operator", "look interval"),
    ("docs/install.md", "look interval"),
    ("docs/reference.md", "status memory"),
    // Names of tests.
    ("docs/live-aws.md", "is told"),
    ("docs/live-aws.md", "outside change"),
    ("docs/live-aws.md", "put right"),
];

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), found);
        }
    } else if KINDS
        .iter()
        .any(|kind| path.extension().is_some_and(|e| e == *kind))
    {
        found.push(path.to_owned());
    }
}

/// The words around the first use of a phrase.
fn excerpt(text: &str, phrase: &str) -> Option<String> {
    let at = text.find(&format!(" {phrase} "))?;
    let before: Vec<&str> = text[..at].split(' ').rev().take(4).collect();
    let before: Vec<&str> = before.into_iter().rev().collect();
    let after: Vec<&str> = text[at..].split(' ').take(9).collect();
    Some(format!("{} {}", before.join(" "), after.join(" ").trim()))
}

#[test]
fn no_retired_word_is_used() {
    let mut found = Vec::new();
    for place in PLACES {
        files(&root().join(place), &mut found);
    }
    assert!(
        found.len() > 150,
        "{} files are too few to be all",
        found.len()
    );
    let mut used = Vec::new();
    for file in found {
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        let text = format!(" {} ", plain(&fs::read_to_string(&file).unwrap()));
        for phrase in RETIRED {
            let allowed = ALLOWED
                .iter()
                .any(|(within, word)| name.starts_with(within) && *word == phrase);
            if let Some(excerpt) = excerpt(&text, phrase).filter(|_| !allowed) {
                used.push(format!("{name}: {phrase:?}: {excerpt}"));
            }
        }
    }
    assert!(used.is_empty(), "{}", used.join("\n"));
}
