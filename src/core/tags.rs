//! Tags: the spec's beside the service's; what is sent, what is only shown, and what is given up.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    assessment::{Assessment, MAX_ATTEMPTS},
    decide::{Action, Input},
    identity::owner_tags,
};
use crate::api::memory::{Breaker, OperatorState};

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
fn path(key: &str) -> String {
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

    /// Sends nothing where a tag that is to be set was set again and again in vain. A new edit of the tags, or a retry, is
    /// another try.
    pub(super) fn without_exhausted_attempts(self, input: &Input<'_>) -> Self {
        let breaker = input.memory.and_then(|memory| memory.tag_breaker.as_ref());
        let futile = breaker.filter(|breaker| {
            (breaker.count > MAX_ATTEMPTS
                || breaker.count == MAX_ATTEMPTS && !is_old(breaker, input))
                && breaker.hash == input.desired.tags_hash()
                && self.set.keys().any(|key| path(key) == breaker.path)
        });
        match futile {
            Some(breaker) if !input.retry_asked() => Self {
                set: BTreeMap::new(),
                remove: BTreeSet::new(),
                differences: self.differences,
                given_up: Some(breaker.path.clone()),
            },
            Some(_) | None => self,
        }
    }

    /// The values of tags on the service that an adoption would replace.
    pub fn replaced(&self) -> impl Iterator<Item = &TagDifference> {
        self.differences.iter().filter(|tag| tag.replaces())
    }
}

impl Assessment {
    /// The tags that differ and about which an action does nothing.
    pub(super) fn shown_tags(&self, action: &Action) -> &[TagDifference] {
        match action {
            Action::Tag(_) | Action::Untag(_) | Action::Adopt(_) => &[],
            Action::Nothing
            | Action::AddFinalizer
            | Action::Create(_)
            | Action::Update(_)
            | Action::Delete
            | Action::Retain(_)
            | Action::VerifyOwnerTags
            | Action::ReleaseFinalizer => &self.tags.differences,
        }
    }
}

/// In so many seconds the tries to set a tag count together: who changes it now and then is put right each time.
const ATTEMPT_WINDOW: i64 = 3600;

/// Counts a TagResource call that ECS accepted.
pub(super) fn count_attempt(
    memory: &mut OperatorState,
    input: &Input<'_>,
    assessment: &Assessment,
) {
    let paths: Vec<String> = assessment.tags.set.keys().map(|key| path(key)).collect();
    let hash = input.desired.tags_hash();
    let before = memory.tag_breaker.take().filter(|breaker| {
        breaker.hash == hash
            && paths.contains(&breaker.path)
            && !is_old(breaker, input)
            && !input.retry_asked()
    });
    memory.tag_breaker = match before {
        Some(breaker) => Some(Breaker {
            count: breaker.count + 1,
            ..breaker
        }),
        None => paths.into_iter().next().map(|path| Breaker {
            path,
            hash,
            count: 1,
            since: Some(Time(input.now)),
        }),
    };
}

/// Takes down that the tags of the spec are sent, once nothing more is to follow: from then on another value is drift,
/// also while the configuration differs.
pub(super) fn record_tags_sent(
    memory: &mut OperatorState,
    input: &Input<'_>,
    assessment: &Assessment,
) {
    let TagDiff { set, remove, .. } = &assessment.tags;
    let all = set.is_empty() || remove.is_empty();
    if let Some(applied) = &mut memory.last_applied
        && all
    {
        applied.tags_hash = Some(input.desired.tags_hash());
    }
}

/// Takes down that a tag was given up, which holds until it is in order again; then its tries are forgotten. Both are written
/// with a condition that changes anyhow: at rest nothing is.
pub(super) fn record_given_up(memory: &mut OperatorState, assessment: &Assessment) {
    let tags = &assessment.tags;
    if let Some(breaker) = &mut memory.tag_breaker
        && tags.given_up.is_some()
    {
        breaker.count = MAX_ATTEMPTS + 1;
    }
    if tags.given_up.is_none() && tags.is_empty() && tags.differences.is_empty() {
        memory
            .tag_breaker
            .take_if(|breaker| breaker.count > MAX_ATTEMPTS);
    }
}

fn is_old(breaker: &Breaker, input: &Input<'_>) -> bool {
    breaker
        .since
        .as_ref()
        .is_none_or(|since| input.now.as_second() - since.0.as_second() > ATTEMPT_WINDOW)
}
