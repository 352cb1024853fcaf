//! What is recorded of the tags that were sent.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::operator_state::{Breaker, OperatorState},
    core::{
        decide::{assessment::Assessment, breaker::MAX_ATTEMPTS, input::Input, tags::is_old},
        diff::tags::{TagDiff, path},
    },
};

/// Counts a TagResource call that ECS accepted.
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

/// Takes down that a tag was given up, which holds until it is in order again; then its tries are forgotten. Both are written
/// with a condition that changes anyhow: at rest nothing is.
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
