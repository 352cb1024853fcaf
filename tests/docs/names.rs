//! What the documents name exists: flags, variables, paths, make targets, fields, annotations.

use std::{collections::BTreeSet, process::Command};

use crate::{
    markdown::{Piece, code_spans, pieces},
    repository::{documents, read, root},
};

/// Words in code, of spans and blocks.
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

/// The commands of the operator in a line of code, up to what ends a command.
fn operator_commands(line: &str) -> impl Iterator<Item = &str> {
    line.split("ecs-express-operator ")
        .skip(1)
        .map(|rest| rest.split(['|', ';', '#', '&']).next().unwrap_or_default())
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

#[test]
fn every_flag_of_the_operator_is_in_its_help() {
    let (run, all) = (help(&["run", "--help"]), help(&["--help"]));
    let known = |word: &str| {
        format!("{run}{all}")
            .split(|c: char| !(c.is_alphanumeric() || "-_".contains(c)))
            .any(|known| known == word)
    };
    let mut checked = 0;
    for document in ours() {
        for line in code(&document) {
            let commands: Vec<String> = operator_commands(&line).map(str::to_owned).collect();
            let alone = line.starts_with("--") && code_is_a_flag_of_ours(&document, &line);
            let words = commands
                .iter()
                .flat_map(|command| command.split_whitespace());
            let own = line.split_whitespace().next().filter(|_| alone);
            let variables = line
                .split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
                .filter(|word| word.starts_with("ECS_EXPRESS_") && word.len() > 12);
            for word in words
                .filter(|word| word.starts_with("--"))
                .chain(own)
                .chain(variables)
            {
                let word = word.split('=').next().unwrap();
                if word.starts_with("ECS_EXPRESS_EMULATOR") {
                    continue;
                }
                checked += 1;
                assert!(known(word), "{document}: {word} is not in --help");
            }
        }
    }
    assert!(checked > 5, "{checked} flags are too few to be all");
}

/// A flag alone in a code span, in a document that speaks of the operator's flags: `--log-format text`.
fn code_is_a_flag_of_ours(document: &str, line: &str) -> bool {
    !line.contains("--for") && ["docs/install.md", "docs/faq.md"].contains(&document)
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
    let known = read("src/api/mod.rs") + &read("src/core/identity.rs") + &read("src/api/spec.rs");
    let mut checked = 0;
    for document in documents() {
        for line in code(&document) {
            for rest in line.split("ecs-express.dev/").skip(1) {
                let name: String = rest
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
                    .collect();
                if name.is_empty() || name == "v1alpha1" {
                    continue;
                }
                checked += 1;
                let whole = format!("ecs-express.dev/{name}\"");
                assert!(known.contains(&whole), "{document}: {whole} is not known");
            }
        }
    }
    assert!(checked > 10, "{checked} names are too few to be all");
}
