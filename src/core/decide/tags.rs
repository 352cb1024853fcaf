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
    /// Sends nothing where a tag that is to be set was set again and again in vain. A new edit of the tags, or a retry, is
    /// another try.
    pub(crate) fn without_exhausted_attempts(self, input: &Input<'_>) -> Self {
        let breaker = input.state.and_then(|state| state.tag_breaker.as_ref());
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
}

/// In so many seconds the tries to set a tag count together: who changes it now and then is put right each time.
const ATTEMPT_WINDOW: i64 = 3600;

pub(crate) fn is_old(breaker: &Breaker, input: &Input<'_>) -> bool {
    breaker
        .since
        .as_ref()
        .is_none_or(|since| input.now.as_second() - since.0.as_second() > ATTEMPT_WINDOW)
}
