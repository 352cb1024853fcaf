//! Why a decision was taken: the reason and the message that people read.

use super::{
    desired::{Desired, Invalid},
    diff::Difference,
    failure::{Class, Failure},
    findings::Findings,
    left_in_force::addition,
    tags::TagDifference,
};
use crate::api::{annotations, conditions::reasons};

/// Why a decision was taken; most variants are a row of the decision table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The object is on its way out, and nothing holds it.
    Left,
    /// Retain: the service is marked as released.
    Retained,
    /// Retain: the service cannot be marked, or is not ours, or not there.
    RetainedUnmarked,
    /// Account, partition, Region or cluster-id is another.
    IdentityChanged {
        /// What is on record.
        recorded: String,
        /// What it would be now.
        now: String,
    },
    /// ECS, or a part of it that is needed, cannot be read.
    Unreadable(Failure),
    /// The service is missing, and may all the same be there.
    ProvingAbsence,
    /// The service is proved to be gone, and the object may go.
    Gone,
    /// ECS cannot be read, and nothing was ever sent for this object.
    NothingToDelete,
    /// The service drains on its way out.
    Draining,
    /// The service is deleted.
    Deleting,
    /// The service to delete has another owner; looked at once more.
    NotOursToDelete,
    /// The service to delete has another owner, proved.
    LeftAlone,
    /// The object is new.
    Beginning,
    /// The spec cannot be right.
    InvalidSpec(Invalid),
    /// `suspend` is true.
    Suspended,
    /// Somebody deleted the service, and drift is only shown.
    ServiceDeleted,
    /// There is no service yet.
    Creating,
    /// A former service of this name drains.
    DrainingBeforeCreate,
    /// The service belongs to somebody else.
    NotOwned(String),
    /// The service is free, and cannot be taken over.
    NotAdoptable(String),
    /// The service could be taken over; the hash confirms the difference.
    AdoptionNotConfirmed(String),
    /// The service is taken over.
    Adopting,
    /// The service is ours, and its owner tags are lost.
    TagsLost,
    /// ECS has a status code that is not known here.
    UnknownCode(String),
    /// The infrastructure role on the service is another.
    Immutable(String),
    /// An update's effect may still come.
    Settling,
    /// The spec was edited.
    Edited,
    /// Scaling differs while the rest of the configuration is rolled back.
    ScalingAlone,
    /// Somebody changed the service; it is put right.
    Correcting,
    /// A restart was asked.
    Restarting,
    /// Tags differ.
    Tagging,
    /// ECS rolled this configuration back.
    RolledBack,
    /// Somebody changed the service; it is shown.
    ShownOnly,
    /// Updates do not take the difference away.
    NotConverging,
    /// A tag does not stay as it is sent.
    TagNotConverging(String),
    /// The deployment is under way.
    RollingOut,
    /// The deployment succeeded, and ECS shows no endpoint.
    NoEndpoint,
    /// Nothing to do.
    InSync,
}

impl Why {
    /// Reason of the condition `Ready`.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Left | Self::Gone => reasons::DELETED,
            Self::Retained | Self::RetainedUnmarked => reasons::RETAINED,
            Self::IdentityChanged { .. } => reasons::IDENTITY_CHANGED,
            Self::Unreadable(failure) => failure.kind.reason(),
            Self::ProvingAbsence | Self::Settling | Self::NotOursToDelete => reasons::WAITING,
            Self::Draining | Self::DrainingBeforeCreate => reasons::DRAINING,
            Self::Deleting => reasons::DELETING,
            Self::LeftAlone | Self::NothingToDelete => reasons::LEFT_ALONE,
            Self::Beginning | Self::Creating => reasons::CREATING,
            Self::InvalidSpec(_) => reasons::INVALID_SPEC,
            Self::Suspended => reasons::SUSPENDED,
            Self::ServiceDeleted => reasons::SERVICE_DELETED,
            Self::NotOwned(_) | Self::NotAdoptable(_) => reasons::NOT_OWNED,
            Self::AdoptionNotConfirmed(_) => reasons::ADOPTION_NOT_CONFIRMED,
            Self::Adopting => reasons::ADOPTING,
            Self::TagsLost | Self::Tagging => reasons::TAGGING,
            Self::UnknownCode(_) => reasons::UNKNOWN_STATUS,
            Self::Immutable(_) => reasons::IMMUTABLE,
            Self::Edited | Self::ScalingAlone | Self::Correcting | Self::Restarting => {
                reasons::UPDATING
            }
            Self::RolledBack => reasons::ROLLED_BACK,
            Self::ShownOnly => reasons::DRIFTED,
            Self::NotConverging | Self::TagNotConverging(_) => reasons::NOT_CONVERGING,
            Self::RollingOut => reasons::DEPLOYING,
            Self::NoEndpoint => reasons::PROVISIONING,
            Self::InSync => reasons::AVAILABLE,
        }
    }

    /// Whether the operator is on its way, at rest, or only a person can help.
    pub fn progress(&self) -> Progress {
        match self {
            Self::Left
            | Self::Retained
            | Self::RetainedUnmarked
            | Self::Gone
            | Self::LeftAlone
            | Self::NothingToDelete
            | Self::ProvingAbsence
            | Self::Draining
            | Self::Deleting
            | Self::NotOursToDelete
            | Self::Beginning
            | Self::Creating
            | Self::DrainingBeforeCreate
            | Self::Adopting
            | Self::TagsLost
            | Self::Settling
            | Self::Edited
            | Self::ScalingAlone
            | Self::Correcting
            | Self::Restarting
            | Self::Tagging
            | Self::RollingOut
            | Self::NoEndpoint => Progress::Reconciling,
            Self::Unreadable(failure) if failure.kind.class() == Class::Retry => {
                Progress::Reconciling
            }
            Self::IdentityChanged { .. }
            | Self::Unreadable(_)
            | Self::InvalidSpec(_)
            | Self::NotOwned(_)
            | Self::NotAdoptable(_)
            | Self::AdoptionNotConfirmed(_)
            | Self::Immutable(_)
            | Self::RolledBack
            | Self::NotConverging
            | Self::TagNotConverging(_) => Progress::Stalled,
            Self::Suspended
            | Self::ServiceDeleted
            | Self::UnknownCode(_)
            | Self::ShownOnly
            | Self::InSync => Progress::AtRest,
        }
    }

    /// What is going on, why, and the next step.
    pub fn message(&self, desired: &Desired, findings: Option<&Findings>) -> String {
        let arn = &desired.arn;
        let annotate = |annotation: &str, value: &str| annotate(desired, annotation, value);
        let first = || first_difference(findings);
        match self {
            Self::Left => "nothing holds this object".into(),
            Self::Retained => format!("deletionPolicy is Retain: {arn} keeps running and is marked as released"),
            Self::RetainedUnmarked => format!("deletionPolicy is Retain: {arn} is left as it is, without a mark; a service that remains is no longer managed"),
            Self::IdentityChanged { recorded, now } => format!("the service was recorded as {recorded}, but the operator's credentials and settings now give {now}; nothing is sent until they agree: give the operator the former account, Region and cluster-id, or delete this object with deletionPolicy Retain"),
            Self::Unreadable(failure) => failure.to_string(),
            Self::ProvingAbsence => format!("ECS does not show {arn}; it is looked for again before that is believed"),
            Self::Gone => format!("{arn} is gone"),
            Self::NothingToDelete => format!("nothing was ever sent to ECS for this object, and {arn} cannot be read; the object goes without it: if a service of that name exists, delete it in ECS"),
            Self::Draining => format!("ECS is deleting {arn}; the object goes when it is gone"),
            Self::Deleting => format!("deleting {arn}"),
            Self::NotOursToDelete => format!("the tags of {arn} do not say that it is this object's; they are read again before it is left alone"),
            Self::LeftAlone => format!("{arn} is not this object's and is left alone; if it is no longer wanted, delete it in ECS"),
            Self::Beginning => "storing the identity before the first call".into(),
            Self::InvalidSpec(Invalid { field, message }) => format!("{field}: {message}"),
            Self::Suspended => "spec.suspend is true: the service is only observed".into(),
            Self::ServiceDeleted => format!("{arn} was deleted outside this object, and driftPolicy is Report; set driftPolicy to Correct to create it again"),
            Self::Creating => format!("creating {arn}"),
            Self::DrainingBeforeCreate => format!("a former service {arn} is still being deleted; it is created again when that is gone"),
            Self::NotOwned(whose) => format!("{arn} exists and belongs to {whose}; create another ExpressService with its own spec.serviceName, delete that service, or, if nobody owns it, set spec.adoptionPolicy to Adopt"),
            Self::NotAdoptable(cause) => format!("{arn} exists and cannot be adopted: {cause}"),
            Self::AdoptionNotConfirmed(hash) => format!("adopting {arn} would change it: {}; correct the spec, or confirm with: {}", all_differences(findings), annotate(annotations::ADOPT_CONFIRM, hash)),
            Self::Adopting => format!("taking over {arn}"),
            Self::TagsLost => format!("the owner tags of {arn} are lost; setting them again"),
            Self::UnknownCode(code) => format!("ECS says {code}, which this version does not know; the service is only observed"),
            Self::Immutable(role) => format!("spec.infrastructureRoleArn: the service has {role}, which ECS cannot change; delete this object and create it again, or create another"),
            Self::Settling => "an update was sent and is not to be seen yet; it is looked for before another is sent".into(),
            Self::Edited => format!("sending the new configuration to ECS: {}", first()),
            Self::ScalingAlone => format!("scaling alone is sent, since ECS did not keep the rest of this configuration{}: {}", rollback_reason(findings), scaling_differences(findings)),
            Self::Correcting => format!("the service was changed outside this object and is put right: {}", first()),
            Self::Restarting => "a restart was asked: deploying the same configuration again".into(),
            Self::Tagging => "the tags are brought up to date".into(),
            Self::RolledBack => format!("ECS did not keep this configuration{}; it is not sent again: change the spec, or ask for another try with: {}", rollback_reason(findings), annotate(annotations::RETRY, "$(date +%s)")),
            Self::ShownOnly => format!("the service was changed outside this object, and driftPolicy is Report: {}; edit the spec, or set driftPolicy to Correct", first()),
            Self::NotConverging => format!("ECS accepts the configuration, but keeps a difference: {}; write the field as ECS has it, or ask for another try with: {}", first(), annotate(annotations::RETRY, "$(date +%s)")),
            Self::TagNotConverging(path) => format!("{path} was set several times and did not stay so: something else keeps changing it, and no tag is sent any more; find who changes it, edit spec.tags, or ask for another try with: {}", annotate(annotations::RETRY, "$(date +%s)")),
            Self::RollingOut => rollout_message(findings),
            Self::NoEndpoint => "the deployment succeeded; ECS shows no endpoint yet".into(),
            Self::InSync => format!("the service runs this configuration and answers{}", findings.map(|findings| addition(&findings.diff.left_in_force)).unwrap_or_default()),
        }
    }
}

/// How far the operator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// On its way.
    Reconciling,
    /// Only a person can help.
    Stalled,
    /// Neither.
    AtRest,
}

/// The command that sets an annotation on the object.
fn annotate(desired: &Desired, annotation: &str, value: &str) -> String {
    let object = &desired.object;
    format!(
        "kubectl annotate --overwrite -n {} xsvc/{} {annotation}={value}",
        object.namespace, object.name
    )
}

fn first_difference(findings: Option<&Findings>) -> String {
    let differences = findings.map_or(&[][..], |findings| &findings.diff.differences);
    match differences {
        [] => "no field differs".into(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first}, and {} more", rest.len()),
    }
}

fn all_differences(findings: Option<&Findings>) -> String {
    let differences = findings.map_or(&[][..], |findings| &findings.diff.differences);
    let tags = findings.into_iter().flat_map(|it| it.tags.replaced());
    let texts: Vec<String> = differences
        .iter()
        .map(Difference::to_string)
        .chain(tags.map(TagDifference::to_string))
        .collect();
    texts.join(", ")
}

fn scaling_differences(findings: Option<&Findings>) -> String {
    let differences = findings.map_or(&[][..], |findings| &findings.diff.differences);
    let scaling = differences
        .iter()
        .filter(|difference| difference.field.is_scaling());
    let texts: Vec<String> = scaling.map(Difference::to_string).collect();
    texts.join(", ")
}

fn rollback_reason(findings: Option<&Findings>) -> String {
    let Some(rollback) = findings.and_then(|findings| findings.rollback.as_ref()) else {
        return String::new();
    };
    match (&rollback.status, &rollback.reason) {
        (Some(status), Some(reason)) => format!(" ({status}: {})", reason.trim_end_matches('.')),
        (Some(status), None) => format!(" ({status})"),
        (None, _) => String::new(),
    }
}

fn rollout_message(findings: Option<&Findings>) -> String {
    let deployment = findings.and_then(|findings| findings.rollout.deployment());
    let Some(deployment) = deployment else {
        return "ECS accepted the configuration; its deployment is not to be seen yet".into();
    };
    let mut message = format!(
        "ECS is deploying the configuration: {}",
        deployment.status.as_deref().unwrap_or("no status yet")
    );
    if let Some(stage) = &deployment.stage {
        message.push_str(&format!(", stage {stage}"));
    }
    if let Some(reason) = &deployment.reason {
        message.push_str(&format!(" ({})", reason.trim_end_matches('.')));
    }
    message
}
