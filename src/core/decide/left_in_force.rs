//! Lists that ECS does not clear.

use crate::core::{
    decide::{
        breaker::{MAX_ATTEMPTS, made_from_this_spec},
        input::Input,
    },
    desired::{
        field::{Field, WhenUnset},
        value::Value,
    },
    diff::compare::{Diff, LeftInForce},
    observed::service::Service,
};

/// Moves lists that cannot be cleared from the differences to what is left in force: those that were sent empty and are still
/// there, and those that ECS rejected as empty.
pub(crate) fn give_up_emptying(
    diff: &mut Diff,
    input: &Input<'_>,
    service: &Service,
    edited: bool,
) {
    let verified = made_from_this_spec(input, service, edited);
    let rejected = was_rejected(input);
    if !verified && !rejected {
        return;
    }
    let wanted = input.desired.configuration.values();
    let (kept, stay): (Vec<_>, Vec<_>) = std::mem::take(&mut diff.differences)
        .into_iter()
        .partition(|difference| {
            let field = difference.field;
            (verified || field == Field::SecurityGroups)
                && field.when_unset() == WhenUnset::Emptied
                && wanted.get(&field).is_none_or(Value::is_empty)
        });
    diff.differences = stay;
    diff.left_in_force
        .extend(kept.into_iter().map(|difference| LeftInForce {
            field: difference.field,
            actual: difference.actual,
        }));
}

/// Whether ECS rejected an update of this spec that sent an empty list of security groups.
fn was_rejected(input: &Input<'_>) -> bool {
    let breaker = input.state.and_then(|state| state.breaker.as_ref());
    breaker.is_some_and(|breaker| {
        breaker.path == Field::SecurityGroups.path()
            && breaker.count >= MAX_ATTEMPTS
            && breaker.hash == input.desired.configuration.hash()
    })
}
