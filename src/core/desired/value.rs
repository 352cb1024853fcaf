//! Normalised values of a configuration's fields, and their form in messages, which leaves out secret parts.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::desired::redacted::Redacted;

/// A normalised value: two values are equal exactly when they mean the same to ECS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, compared exactly.
    Text(String),
    /// A number in the unit of its field: CPU units, MiB, tasks, or a port.
    Number(i64),
    /// A list whose order has no meaning, such as subnets.
    Set(BTreeSet<String>),
    /// Redacted texts in order: the words of a command.
    Words(Vec<Redacted>),
    /// Redacted texts by name: environment variables and secrets.
    Named(BTreeMap<String, Redacted>),
}

impl Value {
    /// Whether the value is an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(_) | Self::Number(_) => false,
            Self::Set(ids) => ids.is_empty(),
            Self::Words(words) => words.is_empty(),
            Self::Named(named) => named.is_empty(),
        }
    }

    /// Passes each part of the value, redacted parts included, to `update`, which adds it to a hash.
    pub(crate) fn hash_into(&self, update: &mut impl FnMut(&str)) {
        match self {
            Self::Text(text) => update(text),
            Self::Number(number) => update(&number.to_string()),
            Self::Set(ids) => ids.iter().for_each(|id| update(id)),
            Self::Words(words) => words.iter().for_each(|word| update(word.expose())),
            Self::Named(named) => named.iter().for_each(|(name, value)| {
                update(name);
                update(value.expose());
            }),
        }
    }

    /// Text of the value for messages, given the value with which it is compared. Of a command it has only the number of
    /// words; of an environment and of secrets only the names whose values differ.
    pub fn display_against(&self, other: Option<&Self>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Set(ids) => join(ids.iter().map(String::as_str)),
            Self::Words(words) => match words.len() {
                0 => "none".to_owned(),
                1 => "1 word".to_owned(),
                n => format!("{n} words"),
            },
            Self::Named(named) => display_names(named, other),
        }
    }
}

/// Lists the names whose values differ, and those that only the other side has.
fn display_names(named: &BTreeMap<String, Redacted>, other: Option<&Value>) -> String {
    let empty = BTreeMap::new();
    let others = match other {
        Some(Value::Named(others)) => others,
        Some(Value::Text(_) | Value::Number(_) | Value::Set(_) | Value::Words(_)) | None => &empty,
    };
    let differing = named
        .iter()
        .filter(|(name, value)| others.get(*name) != Some(*value));
    let missing = others.keys().filter(|name| !named.contains_key(*name));
    let differing = join(differing.map(|(name, _)| name.as_str()));
    let missing = join(missing.map(String::as_str));
    match (differing.is_empty(), missing.is_empty()) {
        (true, true) => "none".to_owned(),
        (true, false) => format!("no {missing}"),
        (false, true) => format!("{differing} (values not shown)"),
        (false, false) => format!("{differing} (values not shown) and no {missing}"),
    }
}

/// Joins the first five items by commas and adds the number of the remaining ones.
pub(crate) fn join<'a>(items: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 5;
    let items: Vec<&str> = items.collect();
    let mut text = items[..items.len().min(SHOWN)].join(", ");
    if items.len() > SHOWN {
        text.push_str(&format!(" and {} more", items.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_displayed_by_the_names_that_differ() {
        let named = |pairs: &[(&str, &str)]| {
            Value::Named(
                pairs
                    .iter()
                    .map(|(n, v)| ((*n).to_owned(), Redacted::new(*v)))
                    .collect(),
            )
        };
        let desired = named(&[("A", "1"), ("TOKEN", "hunter2")]);
        let actual = named(&[("A", "1"), ("TOKEN", "old")]);
        assert_eq!(
            desired.display_against(Some(&actual)),
            "TOKEN (values not shown)"
        );
        assert_eq!(named(&[]).display_against(Some(&actual)), "no A, TOKEN");
        let other = named(&[("B", "2"), ("TOKEN", "old")]);
        assert_eq!(
            desired.display_against(Some(&other)),
            "A, TOKEN (values not shown) and no B"
        );
    }
}
