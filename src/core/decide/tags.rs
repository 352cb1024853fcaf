//! When tags are no longer sent, because an earlier attempt did not last.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    api::operator_state::Breaker,
    core::{
        decide::{breaker::MAX_ATTEMPTS, input::Input},
        diff::tags::{TagDiff, path},
    },
};

impl TagDiff {
    /// Drops all changes if the attempts to set one of the tags are exhausted. An edit of the tags or a retry starts over.
    pub(crate) fn without_exhausted_attempts(self, input: &Input<'_>) -> Self {
        let breaker = input.state.and_then(|state| state.tag_breaker.as_ref());
        let exhausted = breaker.filter(|breaker| {
            (breaker.count > MAX_ATTEMPTS
                || breaker.count == MAX_ATTEMPTS && !is_old(breaker, input))
                && breaker.hash == input.desired.tags_hash()
                && self.set.keys().any(|key| path(key) == breaker.path)
        });
        match exhausted {
            Some(breaker) if !input.retry_asked() => Self {
                set: BTreeMap::new(),
                remove: BTreeSet::new(),
                differences: self.differences,
                given_up: Some(breaker.path.clone()),
            },
            Some(_) | None => self,
        }
    }
}

/// The time within which attempts to set a tag add up, in seconds. A tag that somebody changes less often is corrected each
/// time.
const ATTEMPT_WINDOW: i64 = 3600;

/// Whether the attempts began too long ago to count.
pub(crate) fn is_old(breaker: &Breaker, input: &Input<'_>) -> bool {
    breaker
        .since
        .as_ref()
        .is_none_or(|since| input.now.as_second() - since.0.as_second() > ATTEMPT_WINDOW)
}
