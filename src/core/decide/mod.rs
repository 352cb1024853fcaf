//! The decision: a pure function from one observation to at most one call.
//!
//! ECS itself is the only state machine: nothing is stored about where a sequence of calls stands, so each reconcile decides
//! from what it observes. The folder reads in this order:
//!
//! 1. [`reads`]: which related reads the observation needs.
//! 2. [`input`]: everything that a decision depends on.
//! 3. [`ownership`], [`difference`], [`update_intent`], [`rollout`], and, over them, [`assessment`]: what a present service
//!    shows. [`breaker`], [`left_in_force`] and [`tags`] take out what is no longer sent, [`security_groups`] the groups that
//!    belong to ECS. [`intent_effects`] records in a copy of the operator state what became of an open call.
//! 4. [`presence`]: whether there is a service at all.
//! 5. `first_match` in this file: the one `match`. Its last row is [`pending_change`], which [`missing_observation`] holds back while ECS shows
//!    too little, and [`adoption`] is the row of an unowned service.
//! 6. [`progress_deadline`]: a deployment that takes too long needs a person.
//!
//! The result is a [`decision`]: an [`action`] with its [`requests`], and a [`reason`].

pub mod action;
pub mod adoption;
pub mod assessment;
pub mod breaker;
pub mod decision;
pub mod difference;
pub mod input;
pub mod intent_effects;
pub mod left_in_force;
pub mod missing_observation;
pub mod ownership;
pub mod pending_change;
pub mod presence;
pub mod progress_deadline;
pub mod reads;
pub mod reason;
pub mod requests;
pub mod rollout;
pub mod security_groups;
pub mod tags;
pub mod update_intent;

use crate::{
    api::operator_state::OperatorState,
    core::{
        decide::{
            action::Action,
            adoption::adoption,
            assessment::Assessment,
            decision::Decision,
            input::Input,
            intent_effects::record_effects,
            ownership::{
                Owner::{Ours, TagsLost},
                owner,
            },
            pending_change::{PendingChange, pending_change},
            presence::{Presence, Present, had_service},
            progress_deadline::with_deadline,
            reason::Reason,
            requests::{CreateRequest, TagRequest, UntagRequest},
            update_intent::UpdateIntent,
        },
        desired::{
            object::Desired,
            owner_tags,
            phase::Phase,
            policy::{DeletionPolicy, DriftPolicy},
            recorded_identity::IdentityCheck,
        },
        observed::service::{Observed, Service},
        operator_state::intent::Operation,
    },
};

/// Decides what a reconcile does.
///
/// A decision about a service of this object takes into account what the observation shows of the call that is still open,
/// as if that had been recorded before.
pub fn decide(input: &Input<'_>) -> Decision {
    let Observed::Present(service) = input.observed else {
        let (action, reason) = first_match(input, Presence::without_service(input));
        return Decision {
            action,
            reason,
            assessment: None,
        };
    };
    let update = UpdateIntent::of(input, service);
    match with_effects(input, service, &update) {
        Some(state) => {
            let state = Some(&state);
            decide_on(&Input { state, ..*input }, service, update)
        }
        None => decide_on(input, service, update),
    }
}

/// A copy of the operator state in which the effects of the open call are recorded; `None` where none are visible.
fn with_effects(
    input: &Input<'_>,
    service: &Service,
    update: &UpdateIntent,
) -> Option<OperatorState> {
    let state = input.state?;
    let create_is_open = state.open(Operation::Create).is_some();
    let update_is_over = matches!(update, UpdateIntent::Applied(_) | UpdateIntent::Expired);
    let ours = matches!(owner(input, service), Ours | TagsLost);
    (ours && (create_is_open || update_is_over)).then(|| {
        let mut state = state.clone();
        record_effects(&mut state, input, service, update);
        state
    })
}

/// Decides about a service that ECS shows.
fn decide_on(input: &Input<'_>, service: &Service, update: UpdateIntent) -> Decision {
    let assessment = Assessment::of(input, service, update);
    let present = Present {
        service,
        assessment: &assessment,
    };
    let (action, reason) = first_match(input, Presence::of(present));
    Decision {
        action,
        reason: with_deadline(input, present, reason),
        assessment: Some(assessment),
    }
}

/// The decision table of the design, in its order: the first row that matches wins.
#[rustfmt::skip]
fn first_match(input: &Input<'_>, presence: Presence<'_>) -> (Action, Reason) {
    use {Action as A, DeletionPolicy::Retain, Phase::*, crate::core::decide::ownership::Owner::{Other, Unowned}, Presence as P};
    let d = input.desired;
    let owner = presence.owner();
    let moved = identity_changed(d);
    let same = moved.is_none();
    let marked = presence.service().is_some_and(|service| is_released(d, service));
    let invalid = d.invalid.clone().map(Reason::InvalidSpec);
    let not_ours = input.history.other_owner_for(input.windows.absence_gap);
    let keep_deleted = had_service(input) && d.drift == DriftPolicy::Report;
    let never_sent = input.state.is_some_and(OperatorState::never_had_a_service)
        && !input.history.create_in_doubt()
        && input.history.unreadable_for(input.windows.settle);

    match (d.phase, presence, owner) {
        (Finalized, ..)                                       => (A::Nothing, Reason::Finalized),
        (Deleting(Retain), _, Some(Ours)) if same && marked   => (A::ReleaseFinalizer, Reason::Retained),
        (Deleting(Retain), _, Some(Ours | TagsLost)) if same  => (A::Retain(release(d)), Reason::Retained),
        (Deleting(Retain), ..)                                => (A::ReleaseFinalizer, Reason::RetainedUnmarked),
        (Deleting(_), ..) if let Some(reason) = moved         => (A::Nothing, reason),
        (Deleting(_), P::Unreadable(_), _) if never_sent      => (A::ReleaseFinalizer, Reason::NothingToDelete),
        (Deleting(_), P::Unreadable(failure), _)              => (A::Nothing, Reason::Unreadable(failure.clone())),
        (Deleting(_), P::Missing, _)                          => (A::Nothing, Reason::WaitingForAbsence),
        (Deleting(_), P::Absent, _)                           => (A::ReleaseFinalizer, Reason::Deleted),
        (Deleting(_), P::Draining(_), _)                      => (A::Nothing, Reason::Draining),
        (Deleting(_), _, Some(Ours | TagsLost))               => (A::Delete, Reason::Deleting),
        (Deleting(_), ..) if not_ours                         => (A::ReleaseFinalizer, Reason::LeftAlone),
        (Deleting(_), ..)                                     => (A::VerifyOwnerTags, Reason::WaitingForOwner),
        (Unclaimed, ..) if let Some(reason) = moved           => (A::Nothing, reason),
        (Unclaimed, ..) if let Some(reason) = invalid         => (A::Nothing, reason),
        (Unclaimed, P::Unreadable(failure), _)                => (A::Nothing, Reason::Unreadable(failure.clone())),
        (Unclaimed, ..)                                       => (A::AddFinalizer, Reason::Claiming),
        (Active, ..) if let Some(reason) = moved              => (A::Nothing, reason),
        (Active, ..) if let Some(reason) = invalid            => (A::Nothing, reason),
        (Active, P::Unreadable(failure), _)                   => (A::Nothing, Reason::Unreadable(failure.clone())),
        (Active, P::Missing, _)                               => (A::Nothing, Reason::WaitingForAbsence),
        (Active, ..) if d.suspend                             => (A::Nothing, Reason::Suspended),
        (Active, P::Absent, _) if keep_deleted                => (A::Nothing, Reason::ServiceDeleted),
        (Active, P::Absent, _)                                => (create(d), Reason::Creating),
        (Active, P::Draining(_), _)                           => (A::Nothing, Reason::DrainingBeforeCreate),
        (Active, _, Some(Other(owner)))                       => (A::Nothing, Reason::NotOwned(owner.clone())),
        (Active, P::Active(p) | P::UnknownStatus(p), Some(Unowned))                  => adoption(input, p),
        (Active, P::Active(p) | P::UnknownStatus(p), Some(TagsLost)) if p.waits()    => (A::Nothing, Reason::WaitingForUpdate),
        (Active, P::Active(p) | P::UnknownStatus(p), Some(TagsLost)) if p.may_tag()  => (A::Tag(lost_tags(d, p)), Reason::TagsLost),
        (Active, P::UnknownStatus(p), _)                      => (A::Nothing, Reason::UnknownStatus(p.service.code.as_str().to_owned())),
        (Active, P::Active(p), _)                             => action_for(d, pending_change(input, p)),
    }
}

/// The rows of an active service of this object: the action for its pending change.
#[rustfmt::skip]
fn action_for(desired: &Desired, change: PendingChange) -> (Action, Reason) {
    use {Action as A, PendingChange as C};
    let arn = desired.arn.clone();
    match change {
        C::Immutable(role)   => (A::Nothing, Reason::Immutable(role)),
        C::WaitForUpdate     => (A::Nothing, Reason::WaitingForUpdate),
        C::ScaleOnly(update) => (A::Update(update), Reason::ScalingOnly),
        C::Update(update)    => (A::Update(update), Reason::Updating),
        C::Correct(update)   => (A::Update(update), Reason::CorrectingDrift),
        C::Restart(update)   => (A::Update(update), Reason::Restarting),
        C::Tag(tags)         => (A::Tag(TagRequest { arn, tags }), Reason::Tagging),
        C::Untag(keys)       => (A::Untag(UntagRequest { arn, keys }), Reason::Tagging),
        C::None(reason)      => (A::Nothing, reason),
    }
}

fn create(desired: &Desired) -> Action {
    Action::Create(Box::new(CreateRequest {
        arn: desired.arn.clone(),
        infrastructure_role_arn: desired.infrastructure_role_arn.clone(),
        configuration: desired.configuration.clone(),
        tags: desired.tags(),
    }))
}

/// The owner tags that are missing, and with them the other tags that are due.
fn lost_tags(desired: &Desired, present: Present<'_>) -> TagRequest {
    TagRequest {
        arn: desired.arn.clone(),
        tags: present.assessment.tags.set.clone(),
    }
}

/// The tags that mark a retained service as released by this object. They name the object even if the service has lost its
/// owner tags, so that a new object of the name can take the service back.
fn release(desired: &Desired) -> TagRequest {
    let mut tags = owner_tags::owner_tags_of(&desired.object, &desired.cluster_id);
    tags.insert(owner_tags::UID.to_owned(), owner_tags::RELEASED.to_owned());
    TagRequest {
        arn: desired.arn.clone(),
        tags,
    }
}

/// Whether an earlier attempt has marked the service as released by this object.
fn is_released(desired: &Desired, service: &Service) -> bool {
    let mut marks = release(desired).tags.into_iter();
    marks.all(|(key, value)| service.tags.get(&key) == Some(&value))
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
