//! The state machine: one look, one decision, one action at most. The world is its program counter.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    adopt::adoption,
    assessment::{
        Assessment,
        Owner::{self, Ours, TagsLost},
        owner,
    },
    configuration::Configuration,
    desired::{DeletionPolicy, Desired, DriftPolicy, Phase},
    failure::{Class, Failure},
    history::{ObservationHistory, Windows},
    identity::owner_tags,
    memory::Operation,
    observed::{Observed, Read, Service, StatusCode},
    reason::Reason,
    record_observation::record_effects,
    recorded::IdentityCheck,
    request::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
    rollout::Rollout,
    update_intent::UpdateIntent,
};
use crate::api::memory::OperatorState;
use crate::api::status::{DeploymentStatus, ManagedResource};

/// All that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The object.
    pub desired: &'a Desired,
    /// What ECS was seen to have.
    pub observed: &'a Observed,
    /// What is remembered, if it can be trusted.
    pub memory: Option<&'a OperatorState>,
    /// The deployment in the status.
    pub deployment: Option<&'a DeploymentStatus>,
    /// What ECS made for the service, as the status has it.
    pub managed_resources: &'a [ManagedResource],
    /// What this process has seen.
    pub history: &'a ObservationHistory,
    /// How long to wait before believing.
    pub windows: &'a Windows,
    /// Whether this pass has just stored the finalizer.
    pub fence: Fence,
    /// The wall clock.
    pub now: Timestamp,
}

impl Input<'_> {
    /// Whether a retry is asked for that was not made yet.
    pub(super) fn retry_asked(&self) -> bool {
        let asked = &self.desired.retry;
        asked.is_some() && self.memory.is_some_and(|memory| memory.retry != *asked)
    }

    /// Whether a restart is asked for that was not made yet.
    pub(super) fn restart_asked(&self) -> bool {
        let asked = &self.desired.restart;
        asked.is_some() && self.memory.is_some_and(|memory| memory.restart != *asked)
    }

    /// Whether the spec has a configuration of which ECS rolled the deployment back, or may do so: the one that was last
    /// applied, or the only one that is known.
    pub(super) fn is_baseline(&self) -> bool {
        let baseline = self.memory.and_then(OperatorState::baseline);
        let configuration = &self.desired.configuration;
        baseline.is_none_or(|baseline| match baseline.rollout {
            Some(rollout) => rollout == configuration.rollout_hash(),
            None => baseline.whole == configuration.hash(),
        })
    }
}

/// Whether a write that fences this pass off from others has gone before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fence {
    /// None: a call that changes something needs one.
    Needed,
    /// This pass stored finalizer and identity: no create of this object can be in flight.
    FinalizerJustAdded,
}

/// What to do; at most one call that changes something in ECS.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Store finalizer and identity.
    AddFinalizer,
    /// CreateExpressGatewayService.
    Create(Box<CreateRequest>),
    /// UpdateExpressGatewayService.
    Update(Box<UpdateRequest>),
    /// DeleteExpressGatewayService.
    Delete,
    /// TagResource.
    Tag(TagRequest),
    /// UntagResource.
    Untag(UntagRequest),
    /// TagResource that takes a free service over.
    Adopt(TagRequest),
    /// Mark the service released, as well as may be, then release the finalizer.
    Retain(TagRequest),
    /// Read the tags once more, by ListTagsForResource.
    VerifyOwnerTags,
    /// Release the finalizer.
    ReleaseFinalizer,
}

impl Action {
    /// The operation that it sends to ECS and that needs a fence.
    pub fn operation(&self) -> Option<Operation> {
        match self {
            Self::Create(_) => Some(Operation::Create),
            Self::Update(_) => Some(Operation::Update),
            Self::Delete => Some(Operation::Delete),
            Self::Tag(_) | Self::Adopt(_) | Self::Retain(_) => Some(Operation::Tag),
            Self::Untag(_) => Some(Operation::Untag),
            Self::Nothing | Self::AddFinalizer | Self::VerifyOwnerTags | Self::ReleaseFinalizer => {
                None
            }
        }
    }
}

/// The action and its reason, and what the look showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What to do.
    pub action: Action,
    /// Why, for people.
    pub reason: Reason,
    /// What the look at a present service showed.
    pub assessment: Option<Assessment>,
}

/// What is seen of the service, with what it proves.
#[derive(Clone, Copy, Debug)]
enum Presence<'a> {
    Unreadable(&'a Failure),
    Missing,
    Absent,
    Draining,
    Active(&'a Service),
    UnknownStatus(&'a Service),
}

/// Decides. The rows are those of the design's table, in its order; the first match wins.
pub fn decide(input: &Input<'_>) -> Decision {
    let Observed::Present(service) = input.observed else {
        return decide_after(input, UpdateIntent::Closed);
    };
    let update = UpdateIntent::of(input, service);
    let decided = matches!(update, UpdateIntent::Landed(_) | UpdateIntent::Expired)
        || input
            .memory
            .is_some_and(|memory| memory.open(Operation::Create).is_some());
    let ours = matches!(owner(input, service), Ours | TagsLost);
    let Some(mut memory) = input.memory.filter(|_| decided && ours).cloned() else {
        return decide_after(input, update);
    };
    record_effects(&mut memory, input, service, &update);
    let memory = Some(&memory);
    decide_after(&Input { memory, ..*input }, update)
}

/// Decides with a memory in which it is recorded whether the last call has taken effect.
#[rustfmt::skip]
fn decide_after(input: &Input<'_>, update: UpdateIntent) -> Decision {
    use {Action as A, DeletionPolicy::Retain, Phase::*, PendingChange as P, Owner::*, Presence as S};
    let assessment = match input.observed {
        Observed::Present(service) => Some(Assessment::of(input, service, update)),
        Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => None,
    };
    let (d, presence) = (input.desired, presence(input));
    let owner = assessment.as_ref().map(|assessment| &assessment.owner);
    let pending_change = pending_change(input, assessment.as_ref());
    let changed = identity_changed(d);
    let same = changed.is_none();
    let invalid = d.invalid.clone().map(Reason::InvalidSpec);
    let other_owner = input.history.other_owner_for(input.windows.absence_gap);
    let tags_given_up = assessment.as_ref().is_some_and(|assessment| assessment.tags.given_up.is_some());
    let lost = had_service(input) && d.drift == DriftPolicy::Report;
    let never_sent = input.memory.is_some_and(OperatorState::never_had_a_service)
        && input.history.unreadable_for(input.windows.settle);

    let (action, reason) = match (d.phase, presence, owner, pending_change) {
        (Finalized, ..)                                             => (A::Nothing, Reason::Finalized),
        (Deleting(Retain), _, Some(Ours | TagsLost), _) if same => (A::Retain(release(d)), Reason::Retained),
        (Deleting(Retain), ..)                                  => (A::ReleaseFinalizer, Reason::RetainedUnmarked),
        (Deleting(_), ..) if let Some(reason) = changed            => (A::Nothing, reason),
        (Deleting(_), S::Unreadable(_), ..) if never_sent       => (A::ReleaseFinalizer, Reason::NothingToDelete),
        (Deleting(_), S::Unreadable(failure), ..)               => (A::Nothing, Reason::Unreadable(failure.clone())),
        (Deleting(_), S::Missing, ..)                          => (A::Nothing, Reason::WaitingForAbsence),
        (Deleting(_), S::Absent, ..)                            => (A::ReleaseFinalizer, Reason::Deleted),
        (Deleting(_), S::Draining, ..)                          => (A::Nothing, Reason::Draining),
        (Deleting(_), _, Some(Ours | TagsLost), _)              => (A::Delete, Reason::Deleting),
        (Deleting(_), ..) if other_owner                            => (A::ReleaseFinalizer, Reason::LeftAlone),
        (Deleting(_), ..)                                       => (A::VerifyOwnerTags, Reason::WaitingForOwner),
        (Unclaimed, ..) if let Some(reason) = invalid                   => (A::Nothing, reason),
        (Unclaimed, S::Unreadable(failure), ..)                      => (A::Nothing, Reason::Unreadable(failure.clone())),
        (Unclaimed, ..)                                              => (A::AddFinalizer, Reason::Claiming),
        (Active, ..) if let Some(reason) = changed                => (A::Nothing, reason),
        (Active, ..) if let Some(reason) = invalid                => (A::Nothing, reason),
        (Active, S::Unreadable(failure), ..)                   => (A::Nothing, Reason::Unreadable(failure.clone())),
        (Active, S::Missing, ..)                              => (A::Nothing, Reason::WaitingForAbsence),
        (Active, ..) if d.suspend                              => (A::Nothing, Reason::Suspended),
        (Active, S::Absent, ..) if lost                        => (A::Nothing, Reason::ServiceDeleted),
        (Active, S::Absent, ..)                                => (create(d), Reason::Creating),
        (Active, S::Draining, ..)                              => (A::Nothing, Reason::DrainingBeforeCreate),
        (Active, _, Some(Other(whose)), _)                   => (A::Nothing, Reason::NotOwned(whose.clone())),
        (Active, S::Active(service) | S::UnknownStatus(service), Some(Unowned), _) => adoption(input, service, assessment.as_ref()),
        (Active, _, Some(TagsLost), P::WaitForUpdate)                 => (A::Nothing, Reason::WaitingForUpdate),
        (Active, _, Some(TagsLost), _) if !tags_given_up       => (A::Tag(tag(d, lost_tags(assessment.as_ref()))), Reason::TagsLost),
        (Active, S::UnknownStatus(service), ..)                      => (A::Nothing, Reason::UnknownStatus(service.code.as_str().to_owned())),
        (Active, _, _, P::Impossible(role))                    => (A::Nothing, Reason::Immutable(role)),
        (Active, _, _, P::WaitForUpdate)                              => (A::Nothing, Reason::WaitingForUpdate),
        (Active, _, _, P::ScaleOnly(update))                  => (A::Update(update), Reason::ScalingOnly),
        (Active, _, _, P::Update(update))                        => (A::Update(update), Reason::Updating),
        (Active, _, _, P::Correct(update))                     => (A::Update(update), Reason::CorrectingDrift),
        (Active, _, _, P::Restart(update))                     => (A::Update(update), Reason::Restarting),
        (Active, _, _, P::Tag(tags))                           => (A::Tag(tag(d, tags)), Reason::Tagging),
        (Active, _, _, P::Untag(keys))                         => (A::Untag(UntagRequest { arn: d.arn.clone(), keys }), Reason::Tagging),
        (Active, _, _, P::Nothing(reason))                        => (A::Nothing, reason),
    };
    let reason = super::stuck::with_deadline(input, assessment.as_ref(), reason);
    Decision { action, reason, assessment }
}

/// What a living, present service of ours needs.
enum PendingChange {
    Impossible(String),
    WaitForUpdate,
    ScaleOnly(Box<UpdateRequest>),
    Update(Box<UpdateRequest>),
    Correct(Box<UpdateRequest>),
    Restart(Box<UpdateRequest>),
    Tag(BTreeMap<String, String>),
    Untag(BTreeSet<String>),
    Nothing(Reason),
}

/// The last rows of the table: `RolledBack` and drift under `Report` take theirs out.
fn pending_change(input: &Input<'_>, assessment: Option<&Assessment>) -> PendingChange {
    let (Some(f), Observed::Present(service)) = (assessment, input.observed) else {
        // Nothing was seen of the service: no row above this one says that it needs nothing.
        return PendingChange::Nothing(Reason::WaitingForAbsence);
    };
    match (
        wanted(input, f, service),
        passing_failure(&service.deployments),
    ) {
        // Which deployments there were before a call tells afterwards which one it made.
        (
            PendingChange::ScaleOnly(_)
            | PendingChange::Update(_)
            | PendingChange::Correct(_)
            | PendingChange::Restart(_),
            Some(failure),
        ) => tags_or(f, Reason::Unreadable(failure.clone())),
        (pending_change, _) => pending_change,
    }
}

/// What a present service of ours needs, as far as the findings tell.
fn wanted(input: &Input<'_>, f: &Assessment, service: &Service) -> PendingChange {
    let update = |configuration| {
        Box::new(UpdateRequest {
            arn: input.desired.arn.clone(),
            configuration,
            cleared: f.diff.cleared(),
        })
    };
    let scaling_alone = || Configuration {
        scaling: f.scaling_update(input, service),
        ..Configuration::default()
    };
    let differs = !f.diff.is_empty() || f.mode_switched;
    let new_scaling = f.edited && f.diff.touches_scaling() && !f.rollout.is_rolling_back();
    let unseen = f.edited && service.newest().is_none();
    let held = f.not_converging || f.report_only;
    if let Some(role) = &f.immutable {
        PendingChange::Impossible(role.clone())
    } else if f.update == UpdateIntent::Waiting {
        PendingChange::WaitForUpdate
    } else if let Some(reason) = f.missing_observation(input, service) {
        tags_or(f, reason)
    } else if differs && f.rolled_back && f.diff.touches_scaling() && !held {
        PendingChange::ScaleOnly(update(scaling_alone()))
    } else if differs && !f.rolled_back && f.is_in_progress(input, service) && !new_scaling {
        PendingChange::Nothing(idle_reason(f, service, false))
    } else if (differs || unseen) && f.edited && !f.rolled_back && !f.not_converging {
        PendingChange::Update(update(f.update(input, service)))
    } else if differs && !held && !f.rolled_back {
        PendingChange::Correct(update(f.update(input, service)))
    } else if f.restart && !f.rolled_back && service.newest().is_some() {
        PendingChange::Restart(update(f.update(input, service)))
    } else {
        tags_or(f, idle_reason(f, service, differs))
    }
}

/// The failure of a read that passes by itself.
fn passing_failure<T>(read: &Read<T>) -> Option<&Failure> {
    match read {
        Read::Failed(failure) if failure.kind.class() == Class::Retry => Some(failure),
        Read::Failed(_) | Read::Got(_) | Read::Skipped => None,
    }
}

/// The tags, which depend on nothing else; or nothing.
fn tags_or(f: &Assessment, reason: Reason) -> PendingChange {
    if !f.tags.set.is_empty() {
        return PendingChange::Tag(f.tags.set.clone());
    }
    if !f.tags.remove.is_empty() {
        return PendingChange::Untag(f.tags.remove.clone());
    }
    match (reason, &f.tags.given_up) {
        (Reason::Available, Some(path)) => {
            PendingChange::Nothing(Reason::TagNotConverging(path.clone()))
        }
        (reason, _) => PendingChange::Nothing(reason),
    }
}

fn idle_reason(f: &Assessment, service: &Service, differs: bool) -> Reason {
    if f.rolled_back {
        return Reason::RolledBack;
    }
    if f.not_converging {
        return Reason::NotConverging;
    }
    if f.report_only && differs {
        return Reason::Drifted;
    }
    match &f.rollout {
        Rollout::Failed(_) => Reason::RolledBack,
        Rollout::Unreadable(failure) => Reason::Unreadable(failure.clone()),
        Rollout::Pending | Rollout::InProgress(_) => Reason::Deploying,
        Rollout::Succeeded(_) if service.revisions.iter().all(|r| r.endpoints.is_empty()) => {
            Reason::WaitingForEndpoint
        }
        Rollout::Succeeded(_) => Reason::Available,
    }
}

fn presence<'a>(input: &Input<'a>) -> Presence<'a> {
    match input.observed {
        Observed::Unreadable(failure) => Presence::Unreadable(failure),
        Observed::Missing(_) if is_absent(input) => Presence::Absent,
        Observed::Missing(_) | Observed::NotAsked => Presence::Missing,
        Observed::Present(service) => match service.code {
            StatusCode::Active => Presence::Active(service),
            StatusCode::Draining => Presence::Draining,
            StatusCode::Other(_) => Presence::UnknownStatus(service),
        },
    }
}

/// Whether what is missing is proved to be absent, or, where nothing can have been there, just not seen.
fn is_absent(input: &Input<'_>) -> bool {
    let Some(memory) = input.memory else {
        return match input.fence {
            Fence::FinalizerJustAdded => true,
            // A finalizer without any memory: a create may be in flight.
            Fence::Needed => input.history.missing_for(input.windows.settle),
        };
    };
    if memory.open(Operation::Create).is_some() {
        input.history.missing_for(input.windows.settle)
    } else if had_service(input) {
        input.history.missing_for(input.windows.absence_gap)
    } else {
        true
    }
}

fn had_service(input: &Input<'_>) -> bool {
    input.memory.is_some_and(|memory| memory.service.is_some())
}

fn create(desired: &Desired) -> Action {
    Action::Create(Box::new(CreateRequest {
        arn: desired.arn.clone(),
        infrastructure_role_arn: desired.infrastructure_role_arn.clone(),
        configuration: desired.configuration.clone(),
        tags: desired.tags(),
    }))
}

pub(super) fn tag(desired: &Desired, tags: BTreeMap<String, String>) -> TagRequest {
    TagRequest {
        arn: desired.arn.clone(),
        tags,
    }
}

/// The owner tags that are lost, and what else is to be set: under `Report` not the user's tags that others changed.
fn lost_tags(assessment: Option<&Assessment>) -> BTreeMap<String, String> {
    assessment
        .map(|assessment| assessment.tags.set.clone())
        .unwrap_or_default()
}

fn release(desired: &Desired) -> TagRequest {
    let released = (owner_tags::UID.to_owned(), owner_tags::RELEASED.to_owned());
    tag(desired, BTreeMap::from([released]))
}

fn identity_changed(desired: &Desired) -> Option<Reason> {
    match &desired.identity {
        IdentityCheck::Changed { recorded, now } => Some(Reason::IdentityChanged {
            recorded: recorded.clone(),
            now: now.clone(),
        }),
        IdentityCheck::Same => None,
    }
}
