//! What users read: conditions, messages and events, in one snapshot to be reviewed as a whole.

use std::collections::BTreeMap;

use ecs_express_operator::{
    api::ExpressServiceStatus,
    core::{
        observed::failure::{Effect, Failure, FailureKind},
        record::call_result::CallResult,
    },
};
use test_support::message_examples::message_examples;

use crate::fixtures::*;

pub(crate) fn report(
    given: &OwnedInput,
    result: &CallResult,
    previous: &ExpressServiceStatus,
) -> (ExpressServiceStatus, String) {
    let (status, events) = given.report(result, previous);
    let mut text = String::new();
    for condition in &status.conditions {
        text.push_str(&format!(
            "  {}={} {}: {}\n",
            condition.type_, condition.status, condition.reason, condition.message
        ));
    }
    for event in events {
        text.push_str(&format!(
            "  event {:?} {}: {}\n",
            event.severity, event.reason, event.note
        ));
    }
    (status, text)
}

pub(crate) fn refused(
    kind: FailureKind,
    operation: &'static str,
    code: &str,
    message: &'static str,
) -> CallResult {
    CallResult::Failed(Failure {
        operation,
        kind,
        effect: Effect::None,
        code: code.into(),
        message: message.into(),
    })
}

/// The messages of an example with its reason, which `docs/conditions.md` shows.
fn documented(reason: &str, given: &OwnedInput, result: &CallResult) -> Vec<String> {
    let (status, events) = given.report(result, &ExpressServiceStatus::default());
    let mut found: Vec<_> = status
        .conditions
        .into_iter()
        .filter(|condition| condition.reason == reason)
        .map(|condition| condition.message)
        .collect();
    if found.is_empty() {
        let events = events.into_iter().filter(|event| event.reason == reason);
        found.extend(events.map(|event| event.note));
    }
    found
}

#[test]
fn the_messages_of_a_service_and_of_its_faults_read_well() {
    let wanted = desired(&[]);
    let mut examples = message_examples();
    // Each text stands once: on the page, or else where it comes first in the snapshot.
    let mut shown = BTreeMap::new();
    for (reason, (given, result)) in &examples {
        for message in documented(reason, given, result) {
            shown.entry(message).or_insert(*reason);
        }
    }
    let applied = Some(applied_state(&wanted));
    let not_readable = OwnedInput::of(wanted, unreadable(), applied);
    examples.push(("not readable", (not_readable, CallResult::Idle)));
    let text: Vec<String> = examples
        .into_iter()
        .map(|(name, (given, result))| {
            let (_, text) = report(&given, &result, &ExpressServiceStatus::default());
            let lines = text.lines().map(|line| {
                let (head, message) = line.split_once(": ").unwrap();
                match shown.get(message) {
                    None => {
                        shown.insert(message.to_owned(), name);
                        format!("{line}\n")
                    }
                    Some(place) if *place == name => format!("{head}\n"),
                    Some(place) => format!("{head}: as {place}\n"),
                }
            });
            format!("{name}\n{}", lines.collect::<String>())
        })
        .collect();
    insta::assert_snapshot!("examples", text.join("\n"));
}
