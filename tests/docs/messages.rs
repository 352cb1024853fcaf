//! What the program says in each of its reasons: a scene for each, through the shipped decision and report.

use std::collections::BTreeMap;

use ecs_express_operator::{
    api::ExpressServiceStatus,
    core::{
        record::{call::record_call, call_result::CallResult, intent::intent},
        report::{event::Event, events::events, reconciled::Reconciled, status::project},
    },
};

use crate::{
    fixtures::{Scene, at},
    scenes::scenes,
};

/// The conditions or the event of each reason, as text.
pub fn messages() -> BTreeMap<&'static str, String> {
    let mut messages: BTreeMap<_, _> = scenes()
        .into_iter()
        .map(|(reason, (scene, result))| (reason, said(reason, &scene, &result)))
        .collect();
    // No decision leads there: the status of any scene may be rejected.
    let Event {
        severity,
        reason,
        note,
        ..
    } = Event::rejected("status.revisions: Duplicate value");
    messages.insert(reason, format!("{severity:?} event:\n{}", wrapped(&note)));
    messages
}

/// What a scene says with this reason: the conditions, or else the event.
fn said(reason: &str, scene: &Scene, result: &CallResult) -> String {
    let decision = scene.decide();
    let sent = intent(&scene.input(), &decision, at(60));
    let memory = record_call(&scene.input(), &decision, sent, result, at(60));
    let before = ExpressServiceStatus::default();
    let reconciled = Reconciled {
        input: &scene.input(),
        decision: &decision,
        result,
    };
    let status = project(&before, reconciled, memory, at(60));
    let mut said: Vec<(String, String)> = Vec::new();
    let conditions = status.conditions.iter();
    for condition in conditions.filter(|condition| condition.reason == reason) {
        let name = format!("{}={}", condition.type_, condition.status);
        match said
            .iter_mut()
            .find(|(_, message)| *message == condition.message)
        {
            Some((names, _)) => names.push_str(&format!(", {name}")),
            None => said.push((name, condition.message.clone())),
        }
    }
    if said.is_empty() {
        for event in events(&before, &status, reconciled) {
            if event.reason == reason {
                said.push((format!("{:?} event", event.severity), event.note));
            }
        }
    }
    assert!(!said.is_empty(), "{reason} is not said: {status:#?}");
    said.iter()
        .map(|(names, message)| format!("{names}:\n{}", wrapped(message)))
        .collect()
}

/// Lines that a page can show; a word is never cut.
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
