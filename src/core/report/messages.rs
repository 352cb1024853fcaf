//! The messages of conditions and events: what is the case, why, and what to do.

use crate::{
    api::annotations,
    core::{
        decide::{
            assessment::Assessment, decide, input::Input, presence::had_service, reason::Reason,
        },
        desired::{invalid::Invalid, object::Desired},
        report::{
            commands::{NOW, annotate, ask_for_a_retry},
            difference_messages::{
                all_differences, fields_sent, first_difference, is_a_retry, rollback_reason,
                rolled_back, scaling_differences,
            },
            facts::{infrastructure_role, present},
            failure_message::explain,
            left_in_force::addition,
            ownership_messages::{
                draining_before_create, left_alone, not_owned, retained, retained_unmarked,
                what_became_of_ours,
            },
            progress_messages,
            progress_messages::rollout_message,
        },
    },
};

impl Reason {
    /// What is going on, why, and the next step.
    pub fn message(&self, input: &Input<'_>, assessment: Option<&Assessment>) -> String {
        let desired = input.desired;
        let arn = &desired.arn;
        let annotate = |annotation: &str, value: &str| annotate(desired, annotation, value);
        let first = || first_difference(assessment);
        match self {
            Self::Finalized => "nothing holds this object".into(),
            Self::Retained => retained(input),
            Self::RetainedUnmarked => retained_unmarked(input),
            Self::IdentityChanged { recorded, now } => format!("the service was recorded as {recorded}, but the operator's credentials and settings now give {now}; nothing is sent until they agree: give the operator the former account, Region and cluster-id, or delete this object with deletionPolicy Retain"),
            Self::Unreadable(failure) => explain(failure, desired),
            Self::WaitingForAbsence => format!("ECS does not show {arn}; it is looked for again before that is believed"),
            Self::Deleted => format!("{arn} is gone"),
            Self::Draining => format!("ECS is deleting {arn}; the object goes when it is gone; until then ECS needs the infrastructure role {}", infrastructure_role(input)),
            Self::NothingToDelete => format!("nothing was ever sent to ECS for this object, and {arn} cannot be read; the object goes without it: if a service of that name exists, delete it in ECS"),
            Self::Deleting => format!("deleting {arn}"),
            Self::WaitingForOwner => format!("the tags of {arn} do not say that it is this object's; they are read again before it is left alone"),
            Self::LeftAlone => left_alone(input),
            Self::Claiming => "storing the identity before the first call".into(),
            Self::InvalidSpec(Invalid { field, message }) => format!("{field}: {message}"),
            Self::Suspended => suspended(input, assessment),
            Self::ServiceDeleted => format!("{arn} was deleted outside this object, and driftPolicy is Report; set driftPolicy to Correct to create it again (the URL changes), or delete this object"),
            Self::Creating if had_service(input) => format!("{arn} was deleted outside this object; it is created again, and the URL changes"),
            Self::Creating => format!("creating {arn}"),
            Self::DrainingBeforeCreate => draining_before_create(input),
            Self::NotOwned(whose) => not_owned(input, assessment, whose),
            Self::NotAdoptable(cause) => format!("{}{arn} exists and cannot be adopted: {cause}", what_became_of_ours(input)),
            Self::AdoptionNotConfirmed(hash) => format!("{}adopting {arn} would change it: {}; correct the spec, or confirm with: {}", what_became_of_ours(input), all_differences(assessment), annotate(annotations::ADOPT_CONFIRM, hash)),
            Self::Adopting => format!("{}taking over {arn}", what_became_of_ours(input)),
            Self::TagsLost => format!("the owner tags of {arn} are lost; setting them again"),
            Self::UnknownStatus(code) => format!("ECS says {code}, which this version of the operator does not know; the service is only observed: upgrade the operator"),
            Self::Immutable(role) => format!("spec.infrastructureRoleArn: the service has {role}, which ECS cannot change; the service was replaced outside this object, or made for a former object of this name: to keep it, delete this object with deletionPolicy Retain and create it again with that role; to have a new one, delete this object, and the service with it, and create it again"),
            Self::WaitingForUpdate => "an update was sent and is not to be seen yet; it is looked for before another is sent".into(),
            Self::Updating if is_a_retry(input) => format!("a retry was asked: sending the configuration to ECS again: {}", fields_sent(input, assessment)),
            Self::Updating => format!("sending the new configuration to ECS: {}", fields_sent(input, assessment)),
            Self::ScalingOnly => format!("scaling alone is sent, since ECS did not keep the rest of this configuration{}: {}", rollback_reason(assessment), scaling_differences(assessment)),
            Self::CorrectingDrift => format!("the service was changed outside this object and is put right: {}", first()),
            Self::Restarting if input.retry_asked() => "a retry was asked: deploying the same configuration again".into(),
            Self::Restarting => "a restart was asked: deploying the same configuration again".into(),
            Self::Tagging => "the tags are brought up to date".into(),
            Self::RolledBack => rolled_back(input, assessment),
            Self::Drifted => format!("the service was changed outside this object, and driftPolicy is Report: {}; edit the spec, or set driftPolicy to Correct", first()),
            Self::NotConverging => format!("ECS accepts the configuration, but keeps a difference: {}; write the field as ECS has it, or ask for another try with: {}", first(), annotate(annotations::RETRY, NOW)),
            Self::TagNotConverging(path) => format!("{path} was set several times and did not stay so: something else keeps changing it, and no tag is sent any more; find who changes it, edit spec.tags, or ask for another try with: {}", ask_for_a_retry(desired)),
            Self::Deploying => rollout_message(assessment),
            Self::ManagedResourceFailed => progress_messages::resource_failed(input),
            Self::ProgressDeadlineExceeded => progress_messages::deadline_exceeded(input, assessment),
            Self::WaitingForEndpoint => "the deployment succeeded; ECS shows no endpoint yet".into(),
            Self::Available => in_sync(input, assessment),
        }
    }
}

/// What would be decided if the object were not suspended.
pub(crate) fn beneath_suspension(input: &Input<'_>) -> Reason {
    let desired = Desired {
        suspend: false,
        ..input.desired.clone()
    };
    let awake = Input {
        desired: &desired,
        ..*input
    };
    decide(&awake).reason
}

fn suspended(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    let arn = &input.desired.arn;
    let beneath = beneath_suspension(input);
    let state = match &beneath {
        Reason::Creating | Reason::ServiceDeleted if had_service(input) => format!(
            "{arn} was deleted outside this object; set spec.suspend to false to create it again (the URL changes)"
        ),
        Reason::Creating => "there is no service yet, and none is created".into(),
        Reason::DrainingBeforeCreate if had_service(input) => format!(
            "{arn} was deleted outside this object and drains; set spec.suspend to false to create it again when it is gone (the URL changes)"
        ),
        Reason::DrainingBeforeCreate => format!("a former service {arn} is still being deleted"),
        Reason::Updating if is_a_retry(input) => format!(
            "the retry that was asked is not made: {}",
            fields_sent(input, assessment)
        ),
        Reason::Updating => format!("the edit is not sent: {}", fields_sent(input, assessment)),
        Reason::CorrectingDrift | Reason::Drifted => format!(
            "it was changed outside this object: {}",
            first_difference(assessment)
        ),
        Reason::Restarting => "the restart that was asked is not made".into(),
        Reason::Adopting => format!("{arn} is not taken over"),
        Reason::TagsLost | Reason::Tagging => "its tags are not brought up to date".into(),
        Reason::Available => "it runs this configuration and answers".into(),
        other => other.message(input, assessment),
    };
    format!("spec.suspend is true: the service is only observed; {state}")
}

fn in_sync(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    let left = assessment.map(|assessment| addition(&assessment.diff.left_in_force));
    let left = left.unwrap_or_default();
    let failed = present(input).and_then(progress_messages::failed_resources);
    match failed {
        None => format!("the service runs this configuration and answers{left}"),
        Some(failed) => format!(
            "the service runs this configuration{left}; but {failed}; check the infrastructure role {}",
            infrastructure_role(input)
        ),
    }
}
