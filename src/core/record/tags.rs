//! The record of the tags that were sent.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::operator_state::{Breaker, OperatorState},
    core::{
        decide::{assessment::Assessment, breaker::MAX_ATTEMPTS, input::Input, tags::is_old},
        diff::tags::{TagDiff, path},
    },
};

/// Counts an accepted call of `TagResource`, for the circuit breaker.
pub(crate) fn count_attempt(state: &mut OperatorState, input: &Input<'_>, assessment: &Assessment) {
    let paths: Vec<String> = assessment.tags.set.keys().map(|key| path(key)).collect();
    let hash = input.desired.tags_hash();
    let before = state.tag_breaker.take().filter(|breaker| {
        breaker.hash == hash
            && paths.contains(&breaker.path)
            && !is_old(breaker, input)
            && !input.retry_asked()
    });
    state.tag_breaker = match before {
        Some(breaker) => Some(Breaker {
            count: breaker.count.saturating_add(1),
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

/// Records that the tags of the spec were sent, once none of them is left to send. From then on another value is drift, even
/// while the configuration differs.
pub(crate) fn record_tags_sent(
    state: &mut OperatorState,
    input: &Input<'_>,
    assessment: &Assessment,
) {
    let TagDiff { set, remove, .. } = &assessment.tags;
    let all = set.is_empty() || remove.is_empty();
    if let Some(applied) = &mut state.last_applied
        && all
    {
        applied.tags_hash = Some(input.desired.tags_hash());
    }
}

/// Records that the attempts for a tag are exhausted, until the tag has its value again. Both are written together with a
/// condition that changes anyway, so an idle object is not written.
pub(crate) fn record_given_up(state: &mut OperatorState, assessment: &Assessment) {
    let tags = &assessment.tags;
    if let Some(breaker) = &mut state.tag_breaker
        && tags.given_up.is_some()
    {
        breaker.count = MAX_ATTEMPTS + 1;
    }
    if tags.given_up.is_none() && tags.is_empty() && tags.differences.is_empty() {
        state
            .tag_breaker
            .take_if(|breaker| breaker.count > MAX_ATTEMPTS);
    }
}
