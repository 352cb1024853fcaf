//! The condition `Synced`: whether ECS has the configuration and the tags of the spec.

use crate::{
    api::conditions::reasons,
    core::{
        decide::{
            action::Action, assessment::Assessment, decision::Decision, input::Input,
            ownership::Owner, reason::Reason, rollout::Rollout,
        },
        diff::tags::TagDifference,
        observed::service::{Observed, Service, StatusCode},
        report::{
            conditions::{ConditionStatus, ConditionValue},
            difference_messages::not_comparable_message,
            left_in_force::left_in_force_message,
            ready::sends_only_tags,
        },
    },
};

/// `Synced` after a reconcile whose call, if there was one, did not fail.
pub(crate) fn after_decision(
    input: &Input<'_>,
    decision: &Decision,
    ready: &ConditionValue,
) -> ConditionValue {
    let (Some(assessment), Observed::Present(service)) = (&decision.assessment, input.observed)
    else {
        let status = match decision.reason {
            Reason::Unreadable(_) => ConditionStatus::Unknown,
            _ => ConditionStatus::False,
        };
        return ConditionValue {
            status,
            ..ready.clone()
        };
    };
    let as_ready = || ConditionValue {
        status: ConditionStatus::False,
        ..ready.clone()
    };
    let owned = matches!(assessment.owner, Owner::Ours | Owner::TagsLost);
    let sends_all = decision.reason == Reason::Updating && assessment.diff.is_empty();
    if !owned || assessment.immutable.is_some() || sends_all {
        return as_ready();
    }
    if let Some(first) = assessment.diff.differences.first() {
        return ConditionValue {
            status: ConditionStatus::False,
            reason: reason_of_difference(assessment, &decision.reason),
            message: first.to_string(),
        };
    }
    // While ECS shows no revision, nothing differs, not even from a spec that was edited since the create.
    let unknown = service.newest().is_none() && assessment.edited;
    if assessment.mode_switched || unknown {
        return as_ready();
    }
    if let Some(value) =
        not_comparable(service, assessment).or_else(|| tags_differ(input, decision, assessment))
    {
        return value;
    }
    if !assessment.diff.left_in_force.is_empty() {
        return ConditionValue {
            status: ConditionStatus::True,
            reason: reasons::LEFT_IN_FORCE,
            message: left_in_force_message(&assessment.diff.left_in_force),
        };
    }
    in_sync(service, assessment)
}

/// `Synced` after a failed call, where `failed` is what the failure says.
pub(crate) fn after_failed_call(
    input: &Input<'_>,
    decision: &Decision,
    failed: &ConditionValue,
) -> ConditionValue {
    match (input.observed, &decision.assessment) {
        (Observed::Present(service), Some(assessment))
            if !sends_only_tags(&decision.action) && assessment.in_sync =>
        {
            in_sync(service, assessment)
        }
        _ => failed.clone(),
    }
}

fn reason_of_difference(assessment: &Assessment, reason: &Reason) -> &'static str {
    match reason {
        Reason::Suspended if assessment.edited => reasons::SUSPENDED,
        Reason::Available | Reason::Suspended => reasons::DRIFTED,
        _ => reason.as_str(),
    }
}

fn in_sync(service: &Service, assessment: &Assessment) -> ConditionValue {
    ConditionValue {
        status: ConditionStatus::True,
        reason: reasons::IN_SYNC,
        message: in_sync_message(service, assessment).to_owned(),
    }
}

/// How far ECS is with a configuration that does not differ from the spec.
fn in_sync_message(service: &Service, assessment: &Assessment) -> &'static str {
    let none_runs = service
        .counts
        .got()
        .is_some_and(|counts| counts.running == 0);
    match (&service.code, &assessment.rollout) {
        (StatusCode::Draining, _) => "ECS has this configuration and is deleting the service",
        (StatusCode::Other(_), _) => "ECS has this configuration",
        _ if service.newest().is_none() => "ECS has this configuration and is rolling it out",
        (StatusCode::Active, Rollout::Succeeded(_)) if none_runs => {
            "ECS has this configuration, but none of its tasks is running"
        }
        (StatusCode::Active, Rollout::Succeeded(_)) => "the running configuration matches the spec",
        (StatusCode::Active, Rollout::Failed(_)) => {
            "ECS has this configuration, but its deployment did not succeed"
        }
        (StatusCode::Active, Rollout::Unreadable(_)) => {
            "ECS has this configuration, but its deployment cannot be read"
        }
        (StatusCode::Active, Rollout::Stopped(_)) => {
            "ECS has this configuration, but stopped its deployment"
        }
        (StatusCode::Active, Rollout::Pending | Rollout::InProgress(_)) => {
            "ECS has this configuration and is rolling it out"
        }
    }
}

/// `Synced` where some field cannot be compared.
fn not_comparable(service: &Service, assessment: &Assessment) -> Option<ConditionValue> {
    let first = assessment.diff.not_comparable.first()?;
    let failure = first.failure(service);
    Some(ConditionValue {
        status: ConditionStatus::Unknown,
        reason: failure.kind.reason(),
        message: not_comparable_message(&assessment.diff.not_comparable, &failure.to_string()),
    })
}

/// `Synced` where a tag differs and the operator does not send it.
fn tags_differ(
    input: &Input<'_>,
    decision: &Decision,
    assessment: &Assessment,
) -> Option<ConditionValue> {
    if let reason @ Reason::TagNotConverging(_) = &decision.reason {
        return Some(ConditionValue {
            status: ConditionStatus::False,
            reason: reason.as_str(),
            message: reason.message(input, Some(assessment)),
        });
    }
    let first = assessment.reported_tags(&decision.action).first()?;
    Some(ConditionValue {
        status: ConditionStatus::False,
        reason: reasons::DRIFTED,
        message: first.to_string(),
    })
}

impl Assessment {
    /// The tags that differ from the spec and that an action does not send, so that the status reports them.
    pub(crate) fn reported_tags(&self, action: &Action) -> &[TagDifference] {
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
