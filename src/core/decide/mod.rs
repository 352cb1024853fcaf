//! The state machine: one look, one decision, one action at most. The world is its program counter.

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

use std::collections::BTreeMap;

use crate::{
    api::operator_state::OperatorState,
    core::{
        decide::{
            action::Action,
            adoption::{adoption, tag},
            assessment::Assessment,
            decision::Decision,
            input::Input,
            intent_effects::record_effects,
            ownership::{
                Owner::{self, Ours, TagsLost},
                owner,
            },
            pending_change::{PendingChange, pending_change},
            presence::{Presence, had_service, presence},
            progress_deadline::with_deadline,
            reason::Reason,
            requests::{CreateRequest, TagRequest, UntagRequest},
            update_intent::UpdateIntent,
        },
        desired::{
            object::Desired,
            owner_tags,
            policy::{DeletionPolicy, DriftPolicy, Phase},
            recorded_identity::IdentityCheck,
        },
        observed::service::Observed,
        operator_state::intent::Operation,
    },
};

/// Decides. The rows are those of the design's table, in its order; the first match wins.
pub fn decide(input: &Input<'_>) -> Decision {
    let Observed::Present(service) = input.observed else {
        return decide_after(input, UpdateIntent::Closed);
    };
    let update = UpdateIntent::of(input, service);
    let decided = matches!(update, UpdateIntent::Landed(_) | UpdateIntent::Expired)
        || input
            .state
            .is_some_and(|state| state.open(Operation::Create).is_some());
    let ours = matches!(owner(input, service), Ours | TagsLost);
    let Some(mut state) = input.state.filter(|_| decided && ours).cloned() else {
        return decide_after(input, update);
    };
    record_effects(&mut state, input, service, &update);
    let state = Some(&state);
    decide_after(&Input { state, ..*input }, update)
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
    let never_sent = input.state.is_some_and(OperatorState::never_had_a_service)
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
    let reason = with_deadline(input, assessment.as_ref(), reason);
    Decision { action, reason, assessment }
}

fn create(desired: &Desired) -> Action {
    Action::Create(Box::new(CreateRequest {
        arn: desired.arn.clone(),
        infrastructure_role_arn: desired.infrastructure_role_arn.clone(),
        configuration: desired.configuration.clone(),
        tags: desired.tags(),
    }))
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
