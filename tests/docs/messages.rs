//! The operator's messages: an example for each reason, produced by the shipped decision and report.

use std::collections::BTreeMap;

use ecs_express_operator::{
    api::ExpressServiceStatus,
    core::{record::call_result::CallResult, report::event::Event},
};
use test_support::{fixtures::OwnedInput, message_examples::message_examples};

/// The conditions or the event of each reason, as text.
pub fn messages() -> BTreeMap<&'static str, String> {
    let mut messages: BTreeMap<_, _> = message_examples()
        .into_iter()
        .map(|(reason, (given, result))| (reason, message_of(reason, &given, &result)))
        .collect();
    // No decision has this reason: the status of any example may be rejected.
    let Event {
        severity,
        reason,
        note,
        ..
    } = Event::rejected("status.revisions: Duplicate value");
    messages.insert(reason, format!("{severity:?} event:\n{}", wrapped(&note)));
    messages
}

/// The message of an example with this reason: its conditions, or else its event.
fn message_of(reason: &str, given: &OwnedInput, result: &CallResult) -> String {
    let (status, events) = given.report(result, &ExpressServiceStatus::default());
    let mut message_of: Vec<(String, String)> = Vec::new();
    let conditions = status.conditions.iter();
    for condition in conditions.filter(|condition| condition.reason == reason) {
        let name = format!("{}={}", condition.type_, condition.status);
        match message_of
            .iter_mut()
            .find(|(_, message)| *message == condition.message)
        {
            Some((names, _)) => names.push_str(&format!(", {name}")),
            None => message_of.push((name, condition.message.clone())),
        }
    }
    if message_of.is_empty() {
        for event in events {
            if event.reason == reason {
                message_of.push((format!("{:?} event", event.severity), event.note));
            }
        }
    }
    assert!(!message_of.is_empty(), "{reason} is not said: {status:#?}");
    message_of
        .iter()
        .map(|(names, message)| format!("{names}:\n{}", wrapped(message)))
        .collect()
}

/// Wraps a message between words.
fn wrapped(message: &str) -> String {
    const WIDTH: usize = 110;
    let mut lines = vec![String::from(" ")];
    for word in message.split(' ') {
        if lines.last().unwrap().len() + word.len() > WIDTH && lines.last().unwrap().len() > 1 {
            lines.push(String::from(" "));
        }
        let line = lines.last_mut().unwrap();
        line.push(' ');
        line.push_str(word);
    }
    lines.join("\n") + "\n"
}
