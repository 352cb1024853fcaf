//! The difference between the tags of the spec and those on the service.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::core::desired::owner_tags;

/// The number of tags that ECS accepts on a resource; the tags of AWS itself do not count.
pub(crate) const MAX_TAGS: usize = 50;

/// A tag in which the service differs from the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagDifference {
    /// Key of the tag.
    pub key: String,
    /// Value in the spec; `None` if the spec no longer has the tag.
    pub desired: Option<String>,
    /// Value on the service; `None` if the service lacks the tag.
    pub actual: Option<String>,
}

impl TagDifference {
    /// Path of the tag, as messages name it.
    pub fn path(&self) -> String {
        path(&self.key)
    }

    /// Whether an update would replace the value on the service by another one.
    pub fn replaces(&self) -> bool {
        self.desired.is_some() && self.actual.is_some()
    }

    /// Value in the spec as messages show it.
    pub fn shown_desired(&self) -> &str {
        self.desired.as_deref().unwrap_or("nothing")
    }

    /// Value on the service as messages show it.
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

/// The number of tags on the service once some are set, without those of AWS.
pub(crate) fn count_after_setting(
    set: &BTreeMap<String, String>,
    actual: &BTreeMap<String, String>,
) -> usize {
    let others = actual
        .keys()
        .filter(|key| !key.starts_with("aws:") && !set.contains_key(*key));
    set.len() + others.count()
}

/// Path of a tag: `spec.tags[…]` for a user's tag, `tags[…]` for an owner tag, which exists only on the service.
pub(crate) fn path(key: &str) -> String {
    if key.starts_with(owner_tags::PREFIX) {
        format!("tags[{key}]")
    } else {
        format!("spec.tags[{key}]")
    }
}

/// Difference between the desired tags and those on the service. Tags that the spec never set are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagDiff {
    /// Tags to set, because they are missing or have another value.
    pub set: BTreeMap<String, String>,
    /// Keys to remove, because the spec set them before and no longer does.
    pub remove: BTreeSet<String>,
    /// User's tags in which the service differs, whether or not a call is sent for them.
    pub differences: Vec<TagDifference>,
    /// Key of a tag that did not keep the value that was sent. Tags are then no longer sent.
    pub given_up: Option<String>,
}

impl TagDiff {
    /// Compares the desired tags with those on the service. `set_before` are the keys that the spec set when it was last
    /// applied.
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

    /// Whether no tag has to be set or removed.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// Whether the tags to set fit on the service beside all that it has.
    pub(crate) fn fit_beside(&self, actual: &BTreeMap<String, String>) -> bool {
        count_after_setting(&self.set, actual) <= MAX_TAGS
    }

    /// Reduces the tags that are sent to the owner tags. The other differences are still reported.
    pub fn owner_part(mut self) -> Self {
        self.set
            .retain(|key, _| key.starts_with(owner_tags::PREFIX));
        self.remove.clear();
        self
    }

    /// Returns the tags whose values on the service an adoption would replace.
    pub fn replaced(&self) -> impl Iterator<Item = &TagDifference> {
        self.differences.iter().filter(|tag| tag.replaces())
    }
}
