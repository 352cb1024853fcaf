//! The messages of conditions and events: what is the case, why, and what to do.

use crate::{
    api::annotations,
    core::{
        decide::{
            assessment::Assessment, decide, input::Input, presence::had_service, reason::Reason,
        },
        desired::{invalid::Invalid, object::Desired, policy::DriftPolicy},
        report::{
            commands::{annotate, retry_command},
            difference_messages::{
                all_differences, fields_sent, first_difference, is_a_retry, rollback_reason,
                rolled_back, scaling_differences,
            },
            facts::{infrastructure_role, present_service},
            failure_message::failure_message,
            left_in_force::ready_suffix,
            ownership_messages::{
                draining, draining_before_create, left_alone, lost_service_prefix, not_owned,
                retained, retained_unmarked,
            },
            progress_messages,
        },
    },
};

impl Reason {
    /// What is the case, why, and what to do.
    pub fn message(&self, input: &Input<'_>, assessment: Option<&Assessment>) -> String {
        let desired = input.desired;
        let arn = &desired.arn;
        let retry = || retry_command(desired);
        let first = || first_difference(assessment);
        match self {
            Self::Finalized => "the object is being deleted and no longer has the operator's finalizer".into(),
            Self::Retained => retained(input),
            Self::RetainedUnmarked => retained_unmarked(input),
            Self::IdentityChanged { recorded, now } => format!("the service was recorded as {recorded}, but the operator's credentials and settings now give {now}; the operator sends nothing until they match; restore the operator's former account, Region and cluster-id, or delete this object with spec.deletionPolicy Retain"),
            Self::Unreadable(failure) => failure_message(failure, desired),
            Self::WaitingForAbsence if had_service(input) => format!("{arn} was not found; checking again before treating it as deleted"),
            Self::WaitingForAbsence => format!("{arn} was not found; checking again before treating it as absent"),
            Self::Deleted => format!("{arn} is gone; the finalizer is removed"),
            Self::Draining => draining(input),
            Self::NothingToDelete => format!("{arn} cannot be read, but nothing was ever sent to ECS for this object; the finalizer is removed without a deletion; if a service of that name exists, delete it in ECS"),
            Self::Deleting => format!("deleting {arn}"),
            Self::WaitingForOwner => format!("the owner tags of {arn} do not name this object; reading them again before leaving the service alone"),
            Self::LeftAlone => left_alone(input),
            Self::Claiming => "storing the finalizer and the identity of the service before the first change in ECS".into(),
            Self::InvalidSpec(Invalid { field, message }) => format!("{field}: {message}"),
            Self::Suspended => suspended(input, assessment),
            Self::ServiceDeleted => format!("{arn} was deleted outside Kubernetes, and spec.driftPolicy is Report; set spec.driftPolicy to Correct to recreate it with a new URL, or delete this object"),
            Self::Creating if had_service(input) => format!("{arn} was deleted outside Kubernetes; recreating it with a new URL"),
            Self::Creating => format!("creating {arn}"),
            Self::DrainingBeforeCreate => draining_before_create(input),
            Self::NotOwned(owner) => not_owned(input, assessment, owner),
            Self::NotAdoptable(cause) => format!("{}{arn} exists and cannot be adopted: {cause}", lost_service_prefix(input)),
            Self::AdoptionNotConfirmed(hash) => format!("{}adopting {arn} would change it: {}; correct the spec, or confirm the change with: {}", lost_service_prefix(input), all_differences(assessment), annotate(desired, annotations::ADOPT_CONFIRM, hash)),
            Self::Adopting => format!("{}adopting {arn}", lost_service_prefix(input)),
            Self::TagsLost => format!("the owner tags of {arn} are missing; setting them again"),
            Self::UnknownStatus(code) => format!("unknown service status {code} reported by ECS; this version of the operator observes the service but does not change it; upgrade the operator"),
            Self::Immutable(role) => format!("spec.infrastructureRoleArn: the service has {role}, and ECS cannot change the infrastructure role of a service; the service was replaced outside Kubernetes, or created for a former object of this name; to keep it, delete this object with spec.deletionPolicy Retain and create the object again with that role; to replace it, delete this object together with the service, and create the object again"),
            Self::WaitingForUpdate => "the last update is not visible in ECS yet; the operator checks for its effect before it sends another one".into(),
            Self::Updating if is_a_retry(input) => format!("retry requested: sending the configuration to ECS again: {}", fields_sent(input, assessment)),
            Self::Updating => format!("sending the new configuration to ECS: {}", fields_sent(input, assessment)),
            Self::ScalingOnly => format!("sending only the scaling settings, because ECS did not keep the rest of this configuration{}: {}", rollback_reason(assessment), scaling_differences(assessment)),
            Self::CorrectingDrift => format!("the service was changed outside Kubernetes; restoring the values of the spec: {}", first()),
            Self::Restarting if input.retry_asked() => "retry requested: deploying the same configuration again".into(),
            Self::Restarting => "restart requested: deploying the same configuration again".into(),
            Self::Tagging => "updating the tags of the service".into(),
            Self::RolledBack => rolled_back(input, assessment),
            Self::Drifted => format!("the service was changed outside Kubernetes, and spec.driftPolicy is Report: {}; edit the spec, or set spec.driftPolicy to Correct to restore the values of the spec", first()),
            Self::NotConverging => format!("ECS accepts the configuration, but a difference remains: {}; set the field to the value that ECS has, or retry with: {}", first(), retry()),
            Self::TagNotConverging(path) => format!("{path} was set several times and changed again each time, because something else sets it; the operator no longer sends tags; find out what changes it, edit spec.tags, or retry with: {}", retry()),
            Self::Deploying => progress_messages::deploying(assessment),
            Self::ManagedResourceFailed => progress_messages::resource_failed(input),
            Self::ProgressDeadlineExceeded => progress_messages::deadline_exceeded(input, assessment),
            Self::WaitingForEndpoint => "the deployment succeeded, but ECS shows no endpoint yet".into(),
            Self::Available => available(input, assessment),
        }
    }
}

/// What the operator would decide if the object were not suspended.
pub(crate) fn reason_if_not_suspended(input: &Input<'_>) -> Reason {
    let desired = Desired {
        suspend: false,
        ..input.desired.clone()
    };
    let resumed = Input {
        desired: &desired,
        ..*input
    };
    decide(&resumed).reason
}

fn suspended(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    let arn = &input.desired.arn;
    let resume = match input.desired.drift {
        DriftPolicy::Correct => "set spec.suspend to false",
        DriftPolicy::Report => "set spec.suspend to false and spec.driftPolicy to Correct",
    };
    let state = match &reason_if_not_suspended(input) {
        Reason::Creating | Reason::ServiceDeleted if had_service(input) => {
            format!("{arn} was deleted outside Kubernetes; {resume} to recreate it with a new URL")
        }
        Reason::Creating => "there is no service yet, and the operator does not create one".into(),
        Reason::DrainingBeforeCreate if had_service(input) => format!(
            "{arn} is being deleted outside Kubernetes; {resume} to recreate it with a new URL once it is gone"
        ),
        Reason::DrainingBeforeCreate => format!("ECS is still deleting a former service {arn}"),
        Reason::Updating if is_a_retry(input) => format!(
            "the requested retry is on hold: {}",
            fields_sent(input, assessment)
        ),
        Reason::Updating => format!("the edit is not sent: {}", fields_sent(input, assessment)),
        Reason::CorrectingDrift | Reason::Drifted => format!(
            "the service was changed outside Kubernetes: {}",
            first_difference(assessment)
        ),
        Reason::Restarting => "the requested restart is on hold".into(),
        Reason::Adopting => format!("{arn} is not adopted"),
        Reason::TagsLost | Reason::Tagging => "the tags of the service are not updated".into(),
        Reason::Available => "the service runs this configuration and is available".into(),
        other => other.message(input, assessment),
    };
    format!(
        "spec.suspend is true: the operator observes the service but does not change it; {state}"
    )
}

fn available(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    let left = assessment.map(|assessment| ready_suffix(&assessment.diff.left_in_force));
    let left = left.unwrap_or_default();
    let failed = present_service(input).and_then(progress_messages::failed_resources);
    match failed {
        None => format!("the service runs this configuration and is available{left}"),
        Some(failed) => format!(
            "the service runs this configuration{left}; but {failed}; check the infrastructure role {}",
            infrastructure_role(input)
        ),
    }
}
