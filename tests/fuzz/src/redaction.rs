//! Texts of AWS that quote the secret values of an object.

use std::collections::BTreeMap;

use ecs_express_operator::core::{
    desired::{
        configuration::{Configuration, Container},
        redacted::Redacted,
    },
    redaction::redact::Redactor,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    /// Values of the environment.
    #[serde(default)]
    values: Vec<String>,
    /// Words of the command.
    #[serde(default)]
    command: Vec<String>,
    text: String,
}

/// Length in characters from which a value is found inside other words too.
const ANYWHERE_FROM: usize = 16;
/// Length in characters from which a value must not be left where it stands in quotation marks.
const QUOTED_FROM: usize = 4;
/// Longest text that is reported, with its mark.
const LONGEST: usize = 701;

/// Bytes that are no [`Input`] are a text and its only value at once.
pub fn run(bytes: &[u8]) {
    let Input {
        values,
        command,
        text,
    } = serde_json::from_slice(bytes).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        Input {
            values: vec![text.clone()],
            command: Vec::new(),
            text,
        }
    });
    let shown: String = redactor(&values, &command).show(&text).into();
    assert!(shown.chars().count() <= LONGEST);
    for value in values
        .iter()
        .chain(&command)
        .filter(|value| is_plain(value))
    {
        let value = value.trim();
        let length = value.chars().count();
        if length >= ANYWHERE_FROM {
            assert!(!shown.contains(value), "{value:?} is left in {shown:?}");
        } else if length >= QUOTED_FROM {
            for quoted in [format!("'{value}'"), format!("\"{value}\"")] {
                assert!(!shown.contains(&quoted), "{quoted} is left in {shown:?}");
            }
        }
    }
}

fn redactor(values: &[String], command: &[String]) -> Redactor {
    let environment: BTreeMap<_, _> = values
        .iter()
        .enumerate()
        .map(|(number, value)| (number.to_string(), Redacted::new(value)))
        .collect();
    Redactor::of(&Configuration {
        container: Some(Container {
            environment,
            command: command.iter().map(Redacted::new).collect(),
            ..Container::default()
        }),
        ..Configuration::default()
    })
}

/// Whether no replacement or cut can look like a part of the value.
fn is_plain(value: &str) -> bool {
    !value.contains(['(', ')', '…']) && !"(hidden)".contains(value)
}
