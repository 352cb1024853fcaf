//! The difference between the tags of the spec and those on the service.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::core::desired::owner_tags;

/// A tag of the spec that the service does not have so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagDifference {
    /// Its key.
    pub key: String,
    /// The value in the spec; `None` where the spec has it no more.
    pub desired: Option<String>,
    /// The value on the service; `None` where it is missing.
    pub actual: Option<String>,
}

impl TagDifference {
    /// Path in the object.
    pub fn path(&self) -> String {
        path(&self.key)
    }

    /// Whether a value on the service would be replaced by another.
    pub fn replaces(&self) -> bool {
        self.desired.is_some() && self.actual.is_some()
    }

    /// What the spec wants, as a person may see it.
    pub fn shown_desired(&self) -> &str {
        self.desired.as_deref().unwrap_or("nothing")
    }

    /// What the service has, as a person may see it.
    pub fn shown_actual(&self) -> &str {
        self.actual.as_deref().unwrap_or("nothing")
    }
}

impl fmt::Display for TagDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: spec has {}, ECS has {}",
            self.path(),
            self.shown_desired(),
            self.shown_actual()
        )
    }
}

/// Where a tag stands: the user's in the spec, the operator's own only on the service.
pub(crate) fn path(key: &str) -> String {
    if key.starts_with(owner_tags::PREFIX) {
        format!("tags[{key}]")
    } else {
        format!("spec.tags[{key}]")
    }
}

/// The spec's tags beside the service's; foreign tags stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagDiff {
    /// Tags to set: missing ones, and those with another value.
    pub set: BTreeMap<String, String>,
    /// Keys to remove: those that the spec set before and sets no more.
    pub remove: BTreeSet<String>,
    /// The user's tags in which the service differs, whether or not something is sent.
    pub differences: Vec<TagDifference>,
    /// The tag for whose sake no tag is sent any more, since it did not stay as it was sent.
    pub given_up: Option<String>,
}

impl TagDiff {
    /// Compares the wanted tags with those on the service; `set_before` are the keys that the spec set before.
    pub fn between(
        desired: &BTreeMap<String, String>,
        actual: &BTreeMap<String, String>,
        set_before: &BTreeSet<String>,
    ) -> Self {
        let set: BTreeMap<String, String> = desired
            .iter()
            .filter(|(key, value)| actual.get(*key) != Some(*value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let remove: BTreeSet<String> = set_before
            .iter()
            .filter(|key| !desired.contains_key(*key) && actual.contains_key(*key))
            .cloned()
            .collect();
        let differences = set
            .keys()
            .filter(|key| !key.starts_with(owner_tags::PREFIX))
            .chain(&remove)
            .map(|key| TagDifference {
                key: key.clone(),
                desired: desired.get(key).cloned(),
                actual: actual.get(key).cloned(),
            })
            .collect();
        Self {
            set,
            remove,
            differences,
            given_up: None,
        }
    }

    /// Whether nothing is to be sent.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// Sends only what concerns the owner tags; what else differs is only shown.
    pub fn owner_part(mut self) -> Self {
        self.set
            .retain(|key, _| key.starts_with(owner_tags::PREFIX));
        self.remove.clear();
        self
    }

    /// The values of tags on the service that an adoption would replace.
    pub fn replaced(&self) -> impl Iterator<Item = &TagDifference> {
        self.differences.iter().filter(|tag| tag.replaces())
    }
}
