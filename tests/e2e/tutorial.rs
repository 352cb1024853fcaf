//! Runs documentation pages as they are written: each command in a console block, and its output.

use std::{fs, path::Path, process::Command};

use serde_json::json;

use crate::fixture::{TestNamespace, fixture};

/// A command and the output that the page shows.
#[derive(Debug, Default)]
struct Step {
    command: String,
    shown: Vec<String>,
}

/// The steps in the console blocks of a page.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = page.lines();
    while lines.by_ref().any(|line| line == "```console") {
        let mut in_document = false;
        for line in lines.by_ref().take_while(|line| *line != "```") {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) if !in_document => {
                    in_document = command.ends_with("<<'EOF'");
                    steps.push(Step {
                        command: command.into(),
                        shown: Vec::new(),
                    });
                }
                (_, Some(step)) if in_document => {
                    step.command.push_str(&format!("\n{line}"));
                    in_document = line != "EOF";
                }
                (_, Some(step)) => step.shown.push(line.into()),
                (_, None) => panic!("output before a command: {line}"),
            }
        }
    }
    steps
}

/// Whether the output matches the page, where `…` matches anything and spaces match any white space.
fn is_as_shown(shown: &[String], output: &str) -> bool {
    let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (shown, output) = (tidy(&shown.join("\n")), tidy(output));
    let mut rest = output.as_str();
    for (place, piece) in shown.split('…').map(str::trim).enumerate() {
        match rest.find(piece) {
            Some(at) if place > 0 || at == 0 => rest = &rest[at + piece.len()..],
            _ => return false,
        }
    }
    rest.is_empty() || shown.ends_with('…')
}

/// Runs the steps of a page in a directory of their own.
fn walk(page: &str, kubeconfig: &Path, least: usize) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(page);
    let steps = steps(&fs::read_to_string(file).unwrap());
    assert!(
        steps.len() >= least,
        "{page}: {} steps are too few to be all",
        steps.len()
    );
    let kubectl = fixture().plane.kubectl();
    let kubectl = Path::new(kubectl.get_program()).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let directory = fixture().plane.dir().join(format!("{page}.d"));
    fs::create_dir(&directory).unwrap();
    for Step { command, shown } in steps {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &format!("exec 2>&1\n{command}")])
            .current_dir(&directory)
            .env("KUBECONFIG", kubeconfig)
            .env("PATH", format!("{}:{path}", kubectl.display()))
            .env("ECS", fixture().emulator.url())
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{page}: {command}\n{printed}");
        assert!(
            is_as_shown(&shown, &printed),
            "{page}: {command}\nprinted: {printed}\nshown: {}",
            shown.join("\n")
        );
    }
}

#[test]
fn the_tutorial_runs_as_it_is_written() {
    walk("first-service.md", fixture().plane.admin_kubeconfig(), 25);
}

#[test]
fn the_answers_run_as_they_are_written() {
    let namespace = TestNamespace::new("answers");
    namespace.apply("shop", &json!({}));
    namespace.until_ready("shop");
    let kubeconfig = fixture().plane.dir().join("answers.kubeconfig");
    fs::copy(fixture().plane.admin_kubeconfig(), &kubeconfig).unwrap();
    let config = kubeconfig.to_str().unwrap();
    let namespace = [
        "config",
        "set-context",
        "--current",
        "--namespace",
        "answers",
    ];
    fixture().kubectl(&[&["--kubeconfig", config], &namespace[..]].concat());
    walk("faq.md", &kubeconfig, 8);
}

#[test]
fn a_different_output_would_be_detected() {
    let shown = |text: &str| vec![text.to_owned()];
    assert!(is_as_shown(&shown("a … c"), "a  b\nc"));
    assert!(is_as_shown(&shown("a …"), "a b"));
    for wrong in ["a", "b … c", "a … d", "a … b"] {
        assert!(!is_as_shown(&shown(wrong), "a b c"), "{wrong}");
    }
}
