//! The values of a configuration's fields, normalised, and what a person may see of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::desired::redacted::Redacted;

/// A normalised value: two values are equal exactly when they mean the same to ECS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number, without its unit.
    Number(i64),
    /// A list whose order has no meaning.
    Set(BTreeSet<String>),
    /// Hidden texts in order.
    Words(Vec<Redacted>),
    /// Hidden texts by name.
    Named(BTreeMap<String, Redacted>),
}

impl Value {
    /// Whether it is an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(_) | Self::Number(_) => false,
            Self::Set(ids) => ids.is_empty(),
            Self::Words(words) => words.is_empty(),
            Self::Named(named) => named.is_empty(),
        }
    }

    /// Feeds the value, hidden parts too, to a hash.
    pub(crate) fn feed(&self, feed: &mut impl FnMut(&str)) {
        match self {
            Self::Text(text) => feed(text),
            Self::Number(number) => feed(&number.to_string()),
            Self::Set(ids) => ids.iter().for_each(|id| feed(id)),
            Self::Words(words) => words.iter().for_each(|word| feed(word.reveal())),
            Self::Named(named) => named.iter().for_each(|(name, value)| {
                feed(name);
                feed(value.reveal());
            }),
        }
    }

    /// What a person may see of it, beside the value it differs from: of what is hidden only a count, or the names that
    /// differ.
    pub fn shown_beside(&self, other: Option<&Self>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Set(ids) => join(ids.iter().map(String::as_str)),
            Self::Words(words) => match words.len() {
                0 => "none".to_owned(),
                1 => "1 word".to_owned(),
                n => format!("{n} words"),
            },
            Self::Named(named) => shown_names(named, other),
        }
    }
}

/// The names whose values differ, and those that only the other side has.
fn shown_names(named: &BTreeMap<String, Redacted>, other: Option<&Value>) -> String {
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

/// The first few of many, with a count of the rest.
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
    fn of_an_environment_only_the_names_that_differ_are_shown() {
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
            desired.shown_beside(Some(&actual)),
            "TOKEN (values not shown)"
        );
        assert_eq!(named(&[]).shown_beside(Some(&actual)), "no A, TOKEN");
        let other = named(&[("B", "2"), ("TOKEN", "old")]);
        assert_eq!(
            desired.shown_beside(Some(&other)),
            "A, TOKEN (values not shown) and no B"
        );
    }
}
