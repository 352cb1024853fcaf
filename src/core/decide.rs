//! The state machine: one look, one decision, one action at most. The world is its program counter.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    adopt::adoption,
    configuration::Configuration,
    desired::{DeletionPolicy, Desired, DriftPolicy, Life},
    failure::{Class, Failure},
    findings::{
        Findings,
        Owner::{self, Ours, TagsLost},
        owner,
    },
    identity::owner_tags,
    learn::record_effects,
    memory::Operation,
    observed::{Observed, Read, Service, StatusCode},
    recorded::IdentityCheck,
    request::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
    rollout::Rollout,
    sightings::{Sightings, Windows},
    update_intent::UpdateIntent,
    why::Why,
};
use crate::api::memory::Memory;
use crate::api::status::{DeploymentStatus, ManagedResource};

/// All that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The object.
    pub desired: &'a Desired,
    /// What ECS was seen to have.
    pub observed: &'a Observed,
    /// What is remembered, if it can be trusted.
    pub memory: Option<&'a Memory>,
    /// The deployment in the status.
    pub deployment: Option<&'a DeploymentStatus>,
    /// What ECS made for the service, as the status has it.
    pub managed_resources: &'a [ManagedResource],
    /// What this process has seen.
    pub sightings: &'a Sightings,
    /// How long to wait before believing.
    pub windows: &'a Windows,
    /// Whether this pass has just stored the finalizer.
    pub fence: Fence,
    /// The wall clock.
    pub now: Timestamp,
}

impl Case<'_> {
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
        let baseline = self.memory.and_then(Memory::baseline);
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
    FinalizerStored,
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
    LookAtTags,
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
            Self::Nothing | Self::AddFinalizer | Self::LookAtTags | Self::ReleaseFinalizer => None,
        }
    }
}

/// The action and its reason, and what the look showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What to do.
    pub action: Action,
    /// Why, for people.
    pub why: Why,
    /// What the look at a present service showed.
    pub findings: Option<Findings>,
}

/// What is seen of the service, with what it proves.
#[derive(Clone, Copy, Debug)]
enum Sight<'a> {
    Unreadable(&'a Failure),
    Unproved,
    Absent,
    Draining,
    Active(&'a Service),
    Unknown(&'a Service),
}

/// Decides. The rows are those of the design's table, in its order; the first match wins.
pub fn decide(case: &Case<'_>) -> Decision {
    let Observed::Present(service) = case.observed else {
        return decide_after(case, UpdateIntent::Closed);
    };
    let update = UpdateIntent::of(case, service);
    let decided = matches!(update, UpdateIntent::Landed(_) | UpdateIntent::Expired)
        || case
            .memory
            .is_some_and(|memory| memory.open(Operation::Create).is_some());
    let ours = matches!(owner(case, service), Ours | TagsLost);
    let Some(mut memory) = case.memory.filter(|_| decided && ours).cloned() else {
        return decide_after(case, update);
    };
    record_effects(&mut memory, case, service, &update);
    let memory = Some(&memory);
    decide_after(&Case { memory, ..*case }, update)
}

/// Decides with a memory in which it is recorded whether the last call has taken effect.
#[rustfmt::skip]
fn decide_after(case: &Case<'_>, update: UpdateIntent) -> Decision {
    use {Action as A, DeletionPolicy::Retain, Life::*, Need as N, Owner::*, Sight as S};
    let findings = match case.observed {
        Observed::Present(service) => Some(Findings::of(case, service, update)),
        Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => None,
    };
    let (d, sight) = (case.desired, sight(case));
    let owner = findings.as_ref().map(|findings| &findings.owner);
    let need = need(case, findings.as_ref());
    let changed = identity_changed(d);
    let same = changed.is_none();
    let invalid = d.invalid.clone().map(Why::InvalidSpec);
    let foreign = case.sightings.foreign_for(case.windows.absence_gap);
    let tags_given_up = findings.as_ref().is_some_and(|findings| findings.tags.given_up.is_some());
    let lost = had_service(case) && d.drift == DriftPolicy::Report;
    let never_sent = case.memory.is_some_and(Memory::never_had_a_service)
        && case.sightings.unreadable_for(case.windows.settle);

    let (action, why) = match (d.life, sight, owner, need) {
        (Left, ..)                                             => (A::Nothing, Why::Left),
        (Leaving(Retain), _, Some(Ours | TagsLost), _) if same => (A::Retain(release(d)), Why::Retained),
        (Leaving(Retain), ..)                                  => (A::ReleaseFinalizer, Why::RetainedUnmarked),
        (Leaving(_), ..) if let Some(why) = changed            => (A::Nothing, why),
        (Leaving(_), S::Unreadable(_), ..) if never_sent       => (A::ReleaseFinalizer, Why::NothingToDelete),
        (Leaving(_), S::Unreadable(failure), ..)               => (A::Nothing, Why::Unreadable(failure.clone())),
        (Leaving(_), S::Unproved, ..)                          => (A::Nothing, Why::ProvingAbsence),
        (Leaving(_), S::Absent, ..)                            => (A::ReleaseFinalizer, Why::Gone),
        (Leaving(_), S::Draining, ..)                          => (A::Nothing, Why::Draining),
        (Leaving(_), _, Some(Ours | TagsLost), _)              => (A::Delete, Why::Deleting),
        (Leaving(_), ..) if foreign                            => (A::ReleaseFinalizer, Why::LeftAlone),
        (Leaving(_), ..)                                       => (A::LookAtTags, Why::NotOursToDelete),
        (New, ..) if let Some(why) = invalid                   => (A::Nothing, why),
        (New, S::Unreadable(failure), ..)                      => (A::Nothing, Why::Unreadable(failure.clone())),
        (New, ..)                                              => (A::AddFinalizer, Why::Beginning),
        (Living, ..) if let Some(why) = changed                => (A::Nothing, why),
        (Living, ..) if let Some(why) = invalid                => (A::Nothing, why),
        (Living, S::Unreadable(failure), ..)                   => (A::Nothing, Why::Unreadable(failure.clone())),
        (Living, S::Unproved, ..)                              => (A::Nothing, Why::ProvingAbsence),
        (Living, ..) if d.suspend                              => (A::Nothing, Why::Suspended),
        (Living, S::Absent, ..) if lost                        => (A::Nothing, Why::ServiceDeleted),
        (Living, S::Absent, ..)                                => (create(d), Why::Creating),
        (Living, S::Draining, ..)                              => (A::Nothing, Why::DrainingBeforeCreate),
        (Living, _, Some(Another(whose)), _)                   => (A::Nothing, Why::NotOwned(whose.clone())),
        (Living, S::Active(service) | S::Unknown(service), Some(Free), _) => adoption(case, service, findings.as_ref()),
        (Living, _, Some(TagsLost), N::Settle)                 => (A::Nothing, Why::Settling),
        (Living, _, Some(TagsLost), _) if !tags_given_up       => (A::Tag(tag(d, lost_tags(findings.as_ref()))), Why::TagsLost),
        (Living, S::Unknown(service), ..)                      => (A::Nothing, Why::UnknownCode(service.code.as_str().to_owned())),
        (Living, _, _, N::Impossible(role))                    => (A::Nothing, Why::Immutable(role)),
        (Living, _, _, N::Settle)                              => (A::Nothing, Why::Settling),
        (Living, _, _, N::ScaleAlone(update))                  => (A::Update(update), Why::ScalingAlone),
        (Living, _, _, N::Edit(update))                        => (A::Update(update), Why::Edited),
        (Living, _, _, N::Correct(update))                     => (A::Update(update), Why::Correcting),
        (Living, _, _, N::Restart(update))                     => (A::Update(update), Why::Restarting),
        (Living, _, _, N::Tag(tags))                           => (A::Tag(tag(d, tags)), Why::Tagging),
        (Living, _, _, N::Untag(keys))                         => (A::Untag(UntagRequest { arn: d.arn.clone(), keys }), Why::Tagging),
        (Living, _, _, N::Nothing(why))                        => (A::Nothing, why),
    };
    let why = super::stuck::judged(case, findings.as_ref(), why);
    Decision { action, why, findings }
}

/// What a living, present service of ours needs.
enum Need {
    Impossible(String),
    Settle,
    ScaleAlone(Box<UpdateRequest>),
    Edit(Box<UpdateRequest>),
    Correct(Box<UpdateRequest>),
    Restart(Box<UpdateRequest>),
    Tag(BTreeMap<String, String>),
    Untag(BTreeSet<String>),
    Nothing(Why),
}

/// The last rows of the table: `RolledBack` and drift under `Report` take theirs out.
fn need(case: &Case<'_>, findings: Option<&Findings>) -> Need {
    let (Some(f), Observed::Present(service)) = (findings, case.observed) else {
        // Nothing was seen of the service: no row above this one says that it needs nothing.
        return Need::Nothing(Why::ProvingAbsence);
    };
    match (
        wanted(case, f, service),
        passing_failure(&service.deployments),
    ) {
        // Which deployments there were before a call tells afterwards which one it made.
        (
            Need::ScaleAlone(_) | Need::Edit(_) | Need::Correct(_) | Need::Restart(_),
            Some(failure),
        ) => tags_or(f, Why::Unreadable(failure.clone())),
        (need, _) => need,
    }
}

/// What a present service of ours needs, as far as the findings tell.
fn wanted(case: &Case<'_>, f: &Findings, service: &Service) -> Need {
    let update = |configuration| {
        Box::new(UpdateRequest {
            arn: case.desired.arn.clone(),
            configuration,
            cleared: f.diff.cleared(),
        })
    };
    let scaling_alone = || Configuration {
        scaling: f.scaling_update(case, service),
        ..Configuration::default()
    };
    let differs = !f.diff.is_empty() || f.mode_switched;
    let new_scaling = f.edited && f.diff.touches_scaling() && !f.rollout.is_rolling_back();
    let unseen = f.edited && service.newest().is_none();
    let held = f.stubborn || f.shown_only;
    if let Some(role) = &f.immutable {
        Need::Impossible(role.clone())
    } else if f.update == UpdateIntent::Waiting {
        Need::Settle
    } else if let Some(why) = f.needs_to_see_more(case, service) {
        tags_or(f, why)
    } else if differs && f.rolled_back && f.diff.touches_scaling() && !held {
        Need::ScaleAlone(update(scaling_alone()))
    } else if differs && !f.rolled_back && f.is_under_way(case, service) && !new_scaling {
        Need::Nothing(settled_why(f, service, false))
    } else if (differs || unseen) && f.edited && !f.rolled_back && !f.stubborn {
        Need::Edit(update(f.update(case, service)))
    } else if differs && !held && !f.rolled_back {
        Need::Correct(update(f.update(case, service)))
    } else if f.restart && !f.rolled_back && service.newest().is_some() {
        Need::Restart(update(f.update(case, service)))
    } else {
        tags_or(f, settled_why(f, service, differs))
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
fn tags_or(f: &Findings, why: Why) -> Need {
    if !f.tags.set.is_empty() {
        return Need::Tag(f.tags.set.clone());
    }
    if !f.tags.remove.is_empty() {
        return Need::Untag(f.tags.remove.clone());
    }
    match (why, &f.tags.given_up) {
        (Why::InSync, Some(path)) => Need::Nothing(Why::TagNotConverging(path.clone())),
        (why, _) => Need::Nothing(why),
    }
}

fn settled_why(f: &Findings, service: &Service, differs: bool) -> Why {
    if f.rolled_back {
        return Why::RolledBack;
    }
    if f.stubborn {
        return Why::NotConverging;
    }
    if f.shown_only && differs {
        return Why::ShownOnly;
    }
    match &f.rollout {
        Rollout::Failed(_) => Why::RolledBack,
        Rollout::Unreadable(failure) => Why::Unreadable(failure.clone()),
        Rollout::Pending | Rollout::InProgress(_) => Why::RollingOut,
        Rollout::Succeeded(_) if service.revisions.iter().all(|r| r.endpoints.is_empty()) => {
            Why::NoEndpoint
        }
        Rollout::Succeeded(_) => Why::InSync,
    }
}

fn sight<'a>(case: &Case<'a>) -> Sight<'a> {
    match case.observed {
        Observed::Unreadable(failure) => Sight::Unreadable(failure),
        Observed::Missing(_) if is_absent(case) => Sight::Absent,
        Observed::Missing(_) | Observed::NotAsked => Sight::Unproved,
        Observed::Present(service) => match service.code {
            StatusCode::Active => Sight::Active(service),
            StatusCode::Draining => Sight::Draining,
            StatusCode::Other(_) => Sight::Unknown(service),
        },
    }
}

/// Whether what is missing is proved to be absent, or, where nothing can have been there, just not seen.
fn is_absent(case: &Case<'_>) -> bool {
    let Some(memory) = case.memory else {
        return match case.fence {
            Fence::FinalizerStored => true,
            // A finalizer without any memory: a create may be in flight.
            Fence::Needed => case.sightings.missing_for(case.windows.settle),
        };
    };
    if memory.open(Operation::Create).is_some() {
        case.sightings.missing_for(case.windows.settle)
    } else if had_service(case) {
        case.sightings.missing_for(case.windows.absence_gap)
    } else {
        true
    }
}

fn had_service(case: &Case<'_>) -> bool {
    case.memory.is_some_and(|memory| memory.service.is_some())
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
fn lost_tags(findings: Option<&Findings>) -> BTreeMap<String, String> {
    findings
        .map(|findings| findings.tags.set.clone())
        .unwrap_or_default()
}

fn release(desired: &Desired) -> TagRequest {
    let released = (owner_tags::UID.to_owned(), owner_tags::RELEASED.to_owned());
    tag(desired, BTreeMap::from([released]))
}

fn identity_changed(desired: &Desired) -> Option<Why> {
    match &desired.identity {
        IdentityCheck::Changed { recorded, now } => Some(Why::IdentityChanged {
            recorded: recorded.clone(),
            now: now.clone(),
        }),
        IdentityCheck::Same => None,
    }
}
