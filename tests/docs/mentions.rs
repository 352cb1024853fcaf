//! Flags, variables, paths, make targets, annotations and tests that the documents mention exist.

use std::{collections::BTreeSet, process::Command};

use ecs_express_operator::{
    api::{FINALIZER, annotations},
    core::desired::owner_tags,
};

use crate::{
    markdown::{Piece, code_spans, pieces},
    repository::{documents, read, root, rust_sources},
};

/// The lines of code blocks and the code spans of a document.
fn code(document: &str) -> Vec<String> {
    let text = read(document);
    let mut words = Vec::new();
    for piece in pieces(&text) {
        match piece {
            Piece::Line(line) => words.extend(code_spans(line).into_iter().map(str::to_owned)),
            Piece::Block { text, .. } => words.extend(text.lines().map(str::to_owned)),
        }
    }
    words
}

/// The flags of the operator's own commands in a line of code.
fn flags_of_commands(line: &str) -> impl Iterator<Item = &str> {
    let commands = line.split("ecs-express-operator run").skip(1);
    let own = commands.map(|rest| rest.split(['|', ';', '#', '&']).next().unwrap_or_default());
    own.flat_map(str::split_whitespace)
        .filter(|word| word.starts_with("--"))
}

/// Flags that occur alone in a text, as in `--namespace`.
fn flags_in_text(document: &str) -> Vec<String> {
    let text = read(document);
    let lines = text.lines().filter(|line| !line.starts_with("```"));
    let spans = lines
        .flat_map(code_spans)
        .filter_map(|span| span.split_whitespace().next());
    spans
        .filter(|word| word.starts_with("--") && !OTHERS.contains(word))
        .map(str::to_owned)
        .collect()
}

/// The operator's variables in a line of code.
fn variables(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .filter(|word| {
            word.starts_with("ECS_EXPRESS_") && !word.starts_with("ECS_EXPRESS_EMULATOR")
        })
}

fn help(arguments: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_ecs-express-operator");
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn ours() -> impl Iterator<Item = String> {
    documents()
        .into_iter()
        .filter(|document| !document.starts_with("emulator/"))
}

/// Flags of kubectl and Helm that occur alone in a text.
const OTHERS: [&str; 5] = [
    "--dry-run=server",
    "--force-conflicts",
    "--set",
    "--take-ownership",
    "--wait=false",
];

/// Former flags, which the changelog names: the program still takes them.
const FORMER: [&str; 2] = ["--look-interval", "--look-rate"];

#[test]
fn every_former_flag_is_still_taken() {
    for flag in FORMER {
        let value = if flag.ends_with("rate") { "5" } else { "5m" };
        assert!(help(&["run", flag, value, "--help"]).contains("Usage:"));
    }
}
/// Flags for tests, and former names of flags and variables: the program takes them, and its help does not list them.
const HIDDEN: [&str; 6] = [
    "--settle-window",
    "--absence-gap",
    "--look-interval",
    "--look-rate",
    "ECS_EXPRESS_LOOK_INTERVAL",
    "ECS_EXPRESS_LOOK_RATE",
];

#[test]
fn every_flag_of_the_operator_is_in_its_help() {
    let (run, all) = (help(&["run", "--help"]), help(&["--help"]));
    let known = |word: &str| {
        format!("{run}{all}")
            .split(|c: char| !(c.is_alphanumeric() || "-_".contains(c)))
            .any(|known| known == word)
    };
    let mut named = BTreeSet::new();
    for document in ours() {
        let may_be_hidden = |name: &String| document == "CHANGELOG.md" && HIDDEN.contains(&&**name);
        let in_text = flags_in_text(&document).into_iter();
        named.extend(in_text.filter(|name| !may_be_hidden(name)));
        for line in code(&document) {
            named.extend(
                flags_of_commands(&line)
                    .chain(variables(&line))
                    .map(str::to_owned)
                    .filter(|name| !may_be_hidden(name)),
            );
        }
    }
    assert!(named.len() > 4, "{named:?} are too few to be all");
    for name in named {
        let name = name.split('=').next().unwrap();
        assert!(known(name), "{name} is not in --help");
    }
}

#[test]
fn every_image_has_the_version_of_the_program() {
    let mut checked = 0;
    for document in ours() {
        for line in code(&document) {
            for rest in line.split("/ecs-express-operator:").skip(1) {
                checked += 1;
                let tag = rest.split_whitespace().next().unwrap_or_default();
                assert_eq!(tag, env!("CARGO_PKG_VERSION"), "{document}: {line}");
            }
        }
    }
    assert!(checked > 5, "{checked} images are too few to be all");
}

#[test]
fn every_path_of_the_repository_exists() {
    const TOPS: [&str; 9] = [
        "src/",
        "docs/",
        "examples/",
        "tests/",
        "charts/",
        "crds/",
        "emulator/",
        ".ci/",
        "config/",
    ];
    let mut checked = 0;
    for document in documents() {
        for line in code(&document) {
            for word in line.split(|c: char| c.is_whitespace() || "\"'()=,;:`".contains(c)) {
                let path = word.trim_start_matches("./").trim_end_matches(['.', '/']);
                if !TOPS
                    .iter()
                    .any(|top| word.trim_start_matches("./").starts_with(top))
                {
                    continue;
                }
                checked += 1;
                let path = path.split(['*', '{']).next().unwrap().trim_end_matches('/');
                assert!(root().join(path).exists(), "{document}: there is no {path}");
            }
        }
    }
    assert!(checked > 20, "{checked} paths are too few to be all");
}

#[test]
fn every_make_target_exists() {
    let makefile = read("Makefile");
    let targets: BTreeSet<&str> = makefile
        .lines()
        .filter_map(|line| line.split_once(':').map(|(target, _)| target))
        .collect();
    for document in documents() {
        for line in code(&document) {
            let command = line.trim_start_matches("$ ");
            let Some(arguments) = command.strip_prefix("make ") else {
                continue;
            };
            let mut words = arguments.split_whitespace();
            let named = words.find(|word| !word.contains('='));
            let named = named.unwrap_or("help");
            assert!(
                targets.contains(named),
                "{document}: there is no make {named}"
            );
        }
    }
}

#[test]
fn every_annotation_and_tag_is_one_of_the_programs() {
    let vocabulary = annotations::ALL.iter().chain(owner_tags::ALL);
    let mut known: BTreeSet<&str> = vocabulary.map(|(word, _)| *word).collect();
    known.insert(FINALIZER);
    let mut checked = 0;
    for document in documents() {
        for line in code(&document) {
            let line = line.replace("expressservice.ecs-express.dev/", "");
            for rest in line.split("ecs-express.dev/").skip(1) {
                let name: String = rest
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
                    .collect();
                if name.is_empty() || name == "v1alpha1" {
                    continue;
                }
                checked += 1;
                let whole = format!("ecs-express.dev/{name}");
                assert!(
                    known.contains(whole.as_str()),
                    "{document}: {whole} is not known"
                );
            }
        }
    }
    assert!(checked > 10, "{checked} names are too few to be all");
}

/// The code spans that look like the name of a test.
fn test_names(document: &str) -> BTreeSet<String> {
    let words = code(document).into_iter();
    words
        .filter(|word| {
            word.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                && word.matches('_').count() > 3
        })
        .collect()
}

#[test]
fn every_test_that_is_named_exists() {
    let mut sources = String::new();
    for directory in ["src", "tests", "emulator"] {
        rust_sources(&root().join(directory), &mut sources);
    }
    let named = test_names("docs/live-aws.md");
    assert!(named.len() > 30, "{named:?} are too few to be all");
    for name in named {
        assert!(
            sources.contains(&format!("fn {name}(")),
            "there is no test {name}"
        );
    }
}

/// Each open question names a test that shows that the operator is safe under either answer.
#[test]
fn every_question_about_live_aws_names_a_test() {
    let page = read("docs/live-aws.md");
    let questions: Vec<&str> = page.split("\n### ").skip(1).collect();
    assert!(questions.len() > 12, "{} questions", questions.len());
    for (number, question) in questions.into_iter().enumerate() {
        assert!(
            question.starts_with(&format!("{}. ", number + 1)),
            "{question}"
        );
        assert!(question.contains("\nTests: `"), "{question}");
    }
}
