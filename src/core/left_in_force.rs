//! What is in force in ECS though the spec does not have it: values that cannot be cleared, and those that an update carries
//! beside what the spec sets.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    assessment::{MAX_ATTEMPTS, made_from_this_spec},
    configuration::Configuration,
    decide::{Action, Decision, Input},
    diff::{Diff, LeftInForce},
    failure::{Failure, FailureKind},
    field::{Field, WhenUnset},
    observed::Service,
};
use crate::api::memory::{Breaker, OperatorState};

/// A list that was sent empty and is still there, or that ECS refused to take empty, cannot be cleared: it is left in force,
/// once and for all.
pub(super) fn give_up_emptying(
    diff: &mut Diff,
    input: &Input<'_>,
    service: &Service,
    edited: bool,
) {
    let verified = made_from_this_spec(input, service, edited);
    let refused = was_refused(input);
    if !verified && !refused {
        return;
    }
    let wanted = input.desired.configuration.values();
    let (kept, stay): (Vec<_>, Vec<_>) = std::mem::take(&mut diff.differences)
        .into_iter()
        .partition(|difference| {
            let field = difference.field;
            (verified || field == Field::SecurityGroups)
                && field.when_unset() == WhenUnset::Emptied
                && wanted.get(&field).is_none_or(|value| value.is_empty())
        });
    diff.differences = stay;
    diff.left_in_force
        .extend(kept.into_iter().map(|difference| LeftInForce {
            field: difference.field,
            actual: difference.actual,
        }));
}

/// Whether ECS refused an update of this spec that sent an empty list of security groups.
fn was_refused(input: &Input<'_>) -> bool {
    let breaker = input.memory.and_then(|memory| memory.breaker.as_ref());
    breaker.is_some_and(|breaker| {
        breaker.path == Field::SecurityGroups.path()
            && breaker.count >= MAX_ATTEMPTS
            && breaker.hash == input.desired.configuration.hash()
    })
}

/// Remembers that ECS refused an update that sends an empty list: the next one goes without it.
pub(super) fn record_rejection(
    memory: &mut OperatorState,
    input: &Input<'_>,
    decision: &Decision,
    failure: &Failure,
) {
    let clears = matches!(
        &decision.action,
        Action::Update(request) if request.cleared.contains(&Field::SecurityGroups)
    );
    if clears && failure.kind == FailureKind::InvalidParameter {
        memory.breaker = Some(Breaker {
            path: Field::SecurityGroups.path().to_owned(),
            hash: input.desired.configuration.hash(),
            count: MAX_ATTEMPTS,
            since: Some(Time(input.now)),
        });
    }
}

/// What `Synced` says: every field, and what to do.
pub(super) fn message(left: &[LeftInForce]) -> String {
    let fields: Vec<String> = left
        .iter()
        .map(|left| format!("{} ({})", left.field.path(), left.actual))
        .collect();
    format!(
        "ECS cannot clear what is no longer in the spec, and it stays in force: {}; set it to what it shall be, or delete this object and create it again (the URL changes)",
        fields.join(", ")
    )
}

/// What `Ready` adds to "the service runs this configuration"; empty where nothing is left in force.
pub(super) fn addition(left: &[LeftInForce]) -> String {
    if left.is_empty() {
        return String::new();
    }
    let paths: Vec<&str> = left.iter().map(|left| left.field.path()).collect();
    format!(
        "; left in force though no longer in the spec: {}",
        paths.join(", ")
    )
}

/// What a refused update carried from ECS, where the refusal may speak of it: its text names the value or the member, or it
/// is the target value of another metric. Without this a person looks in the spec for a value that is not there.
pub(super) fn carried(request: &Configuration, input: &Input<'_>, failure: &Failure) -> String {
    if failure.kind != FailureKind::InvalidParameter {
        return String::new();
    }
    let set = input.desired.configuration.values();
    let carried: Vec<String> = request
        .values()
        .into_iter()
        .filter(|(field, _)| !set.contains_key(field))
        .map(|(field, value)| (field, value.shown_beside(None)))
        .filter(|(field, value)| speaks_of(&failure.message, *field, value, request))
        .map(|(field, value)| format!("{} {value}", field.path()))
        .collect();
    if carried.is_empty() {
        return String::new();
    }
    format!(
        "; not in the spec, but left in force in ECS and sent with it: {}; set it in the spec to send another value",
        carried.join(", ")
    )
}

fn speaks_of(text: &str, field: Field, value: &str, request: &Configuration) -> bool {
    let member = field.path().rsplit('.').next().unwrap_or_default();
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    // Each metric has a range of its own.
    let other_range = field == Field::AutoScalingTargetValue && request.scaling.metric.is_some();
    text.contains(member)
        || words.any(|word| word == value)
        || other_range && text.contains("caling")
}
