//! The page of conditions lists every condition and reason of the operator and no other, with the operator's messages.

use std::collections::BTreeSet;

use ecs_express_operator::api::conditions::{reasons, types};

use crate::{
    markdown::{Piece, code_spans, headings, pieces},
    messages::messages,
    repository::{compare, read},
};

const PAGE: &str = "docs/conditions.md";
const WORDS: &str = "src/api/conditions.rs";

/// The headings of one level below a heading.
fn below(section: &str, level: usize) -> BTreeSet<String> {
    let page = read(PAGE);
    headings(&page)
        .into_iter()
        .skip_while(|(_, text)| text != section)
        .skip(1)
        .take_while(|(depth, _)| *depth > 2)
        .filter(|(depth, _)| *depth == level)
        .map(|(_, text)| text)
        .collect()
}

fn words(vocabulary: &[(&str, &str)]) -> BTreeSet<String> {
    vocabulary
        .iter()
        .map(|(word, _)| (*word).to_owned())
        .collect()
}

#[test]
fn every_condition_type_has_a_heading_and_every_heading_is_one() {
    assert_eq!(below("Types", 3), words(types::ALL));
}

#[test]
fn every_reason_has_a_heading_and_every_heading_is_one() {
    assert_eq!(below("Reasons", 4), words(reasons::ALL));
}

#[test]
fn every_reason_of_an_event_is_in_the_table_of_events() {
    let page = read(PAGE);
    let (_, table) = page.split_once("\n## Events\n").unwrap();
    let documented: BTreeSet<&str> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .filter_map(|line| code_spans(line).first().copied())
        .collect();
    // The constants that the code of events names, and the reasons of decisions that become events.
    let names = read("src/core/report/events.rs")
        + &read("src/core/report/event.rs")
        + &read("src/core/report/transitions.rs");
    let by_name: BTreeSet<&str> = names
        .split("reasons::")
        .skip(1)
        .map(|rest| {
            rest.split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
                .next()
                .unwrap()
        })
        .filter(|name| !name.is_empty())
        .collect();
    let source = read(WORDS);
    let mut expected: BTreeSet<String> = by_name
        .into_iter()
        .map(|name| {
            let (_, rest) = source
                .split_once(&format!("const {name}: &str = \""))
                .unwrap();
            rest.split('"').next().unwrap().to_owned()
        })
        .collect();
    expected.extend(["Retained", "LeftAlone", "Deleted"].map(String::from));
    let documented: BTreeSet<String> = documented.into_iter().map(String::from).collect();
    assert_eq!(documented, expected);
}

#[test]
fn every_reason_has_an_example_in_which_the_program_reports_it() {
    let message_of: BTreeSet<String> = messages()
        .keys()
        .map(|reason| (*reason).to_owned())
        .collect();
    assert_eq!(message_of, words(reasons::ALL));
}

/// Compares the block below the heading of a reason with the operator's message.
#[test]
fn what_the_page_shows_is_what_the_program_says() {
    let (page, messages) = (read(PAGE), messages());
    let mut written = String::new();
    let mut reason = String::new();
    let mut shown = BTreeSet::new();
    for piece in pieces(&page) {
        match piece {
            Piece::Line(line) => {
                if let Some(heading) = line.strip_prefix("#### ") {
                    reason = heading.replace('`', "");
                }
                written.push_str(&format!("{line}\n"));
            }
            Piece::Block {
                language: "text",
                text: _,
            } => {
                let message_of = messages.get(reason.as_str()).map_or("", String::as_str);
                written.push_str(&format!("```text\n{message_of}```\n"));
                shown.insert(reason.clone());
            }
            Piece::Block { language, text } => {
                written.push_str(&format!("```{language}\n{text}```\n"));
            }
        }
    }
    assert_eq!(shown, words(reasons::ALL), "a block for each reason");
    compare(PAGE, &written);
}
