//! Derives the conditions from a reconcile, following kstatus: `Ready` and `Synced` are always present, `Reconciling` and
//! `Stalled` only while they are True.

use crate::{
    api::conditions::types,
    core::{
        decide::{
            action::Action,
            reason::{Progress, Reason},
        },
        observed::failure::{Class, Failure},
        record::call_result::CallResult,
        report::{
            conditions::{ConditionStatus, ConditionValue, Conditions},
            failure_message::failure_message,
            left_in_force::{rejected_size, rejected_values},
            ready::{self, Readiness, Reported},
            reconciled::Reconciled,
            synced,
        },
    },
};

/// The conditions that a reconcile leads to. [`ConditionUpdate::apply`] merges them into the stored ones, which decide how
/// long a wait has lasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionUpdate {
    readiness: Readiness,
    synced: ConditionValue,
    /// Whether ECS could not be read for a transient reason. Such a failure says nothing about what needs a person.
    read_failed: bool,
}

impl ConditionUpdate {
    /// Derives the conditions from a reconcile and from what the status reports besides them.
    pub fn of(reconciled: Reconciled<'_>, reported: Reported<'_>) -> Self {
        match reconciled.result {
            CallResult::Failed(failure) => Self::after_failed_call(reconciled, failure, reported),
            CallResult::Idle
            | CallResult::Created { .. }
            | CallResult::Updated { .. }
            | CallResult::Accepted => Self::after_decision(reconciled, reported),
        }
    }

    fn after_decision(reconciled: Reconciled<'_>, reported: Reported<'_>) -> Self {
        let Reconciled {
            input, decision, ..
        } = reconciled;
        let readiness = ready::after_decision(input, decision, reported);
        Self {
            synced: synced::after_decision(input, decision, &readiness.ready),
            readiness,
            read_failed: matches!(&decision.reason, Reason::Unreadable(failure) if failure.kind.class() == Class::Retry),
        }
    }

    fn after_failed_call(
        reconciled: Reconciled<'_>,
        failure: &Failure,
        reported: Reported<'_>,
    ) -> Self {
        let Reconciled {
            input, decision, ..
        } = reconciled;
        let mut message = failure_message(failure, input.desired);
        if let Action::Update(request) = &decision.action {
            message.push_str(&rejected_values(&request.configuration, input, failure));
            message.push_str(&rejected_size(&request.configuration, input, failure));
        }
        let failed = ConditionValue {
            status: ConditionStatus::False,
            reason: failure.kind.reason(),
            message,
        };
        Self {
            synced: synced::after_failed_call(input, decision, &failed),
            readiness: ready::after_failed_call(reconciled, failure, failed, reported),
            read_failed: false,
        }
    }

    /// Merges the conditions into the stored ones.
    pub fn apply(&self, conditions: &mut Conditions) {
        let ready = &self.readiness.ready;
        conditions.set(types::READY, ready);
        conditions.set(types::SYNCED, &self.synced);
        // While the service is ready, only `Synced` can say why the operator still works or waits for a person.
        let cause = match ready.status {
            ConditionStatus::True => &self.synced,
            ConditionStatus::False | ConditionStatus::Unknown => ready,
        };
        let holds = ConditionValue {
            status: ConditionStatus::True,
            reason: self.readiness.stalled_reason.unwrap_or(cause.reason),
            message: cause.message.clone(),
        };
        match self.readiness.progress {
            // Otherwise every outage would end and report again each condition that waits for a person, and restart each
            // wait.
            Progress::Reconciling if self.read_failed && conditions.outlasts_an_outage() => {}
            Progress::Reconciling if conditions.has_lasted(holds.reason) => {
                conditions.remove(types::RECONCILING);
                conditions.set(types::STALLED, &holds);
            }
            Progress::Reconciling => {
                conditions.remove(types::STALLED);
                conditions.restart_wait(holds.reason);
                conditions.set(types::RECONCILING, &holds);
            }
            Progress::Stalled => {
                conditions.remove(types::RECONCILING);
                conditions.set(types::STALLED, &holds);
            }
            Progress::Idle => {
                conditions.remove(types::RECONCILING);
                conditions.remove(types::STALLED);
            }
        }
    }
}
