//! What one look shows, computed before the decision: whose the service is, where it differs, how its rollout stands.

use std::collections::BTreeSet;

use super::{
    configuration::Scaling,
    decide::Case,
    desired::DriftPolicy,
    diff::{Diff, TagDiff, complete, complete_scaling, diff},
    identity::OwnerTags,
    memory::outcome,
    observed::Service,
    rollout::Rollout,
};
use crate::api::memory::{KnownService, Memory};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// Whose a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This object's, by its tags.
    Ours,
    /// This object's, by the memory of its making: the tags are lost.
    TagsLost,
    /// Somebody else's.
    Another(String),
    /// Nobody's.
    Free,
}

/// Updates with the same difference before the operator gives up (a revision that ECS made of the very spec is judged at
/// once).
const TRIES: i32 = 3;

/// What a look at a present service shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// Whose it is.
    pub owner: Owner,
    /// The spec beside the newest revision; empty while ECS shows none.
    pub diff: Diff,
    /// The spec's tags beside the service's.
    pub tags: TagDiff,
    /// The deployment of the wanted revision.
    pub rollout: Rollout,
    /// The infrastructure role on the service, where it is another than the spec's.
    pub immutable: Option<String>,
    /// The spec was edited since it was last applied, or a retry was asked.
    pub edited: bool,
    /// An intent whose effect may still come forbids to send.
    pub unsettled: bool,
    /// ECS rolled this very configuration back.
    pub rolled_back: bool,
    /// Sending the spec again would change nothing.
    pub stubborn: bool,
    /// An outside change that is only shown.
    pub shown_only: bool,
    /// A restart was asked and is not done.
    pub restart: bool,
    /// The spec says otherwise than before who makes the task definition.
    pub mode_switched: bool,
}

impl Findings {
    /// Examines a present service.
    pub fn of(case: &Case<'_>, service: &Service) -> Self {
        let (desired, memory) = (case.desired, case.memory);
        let managed = service.managed_security_groups();
        let set_before = memory
            .map(|memory| memory.fields_set_before(desired.mode))
            .unwrap_or_default();
        let mut diff = service.newest().map_or_else(Diff::default, |newest| {
            diff(
                &desired.configuration,
                desired.mode,
                &newest.configuration,
                managed.as_ref(),
                &set_before,
            )
        });
        let applied = memory.and_then(|memory| memory.last_applied.as_ref());
        let retry =
            desired.retry.is_some() && memory.is_some_and(|memory| memory.retry != desired.retry);
        let edited =
            retry || applied.is_some_and(|applied| applied.hash != desired.configuration.hash());
        give_up_emptying(&mut diff, case, service, edited);
        let mode_switched = applied.is_some_and(|applied| {
            !applied.mode.is_empty()
                && applied.mode != desired.mode.as_str()
                && !(diff.is_empty() && lost_update_runs(case, service))
        });
        let in_sync = diff.is_empty() && !mode_switched && service.newest().is_some();
        let rollout = Rollout::judge(service, in_sync, memory, case.deployment, case.now);
        let rolled_back = !retry && !in_sync && rolled_back(case, &rollout);
        let (set, tag_keys) = (desired.tags(), memory.map(Memory::tag_keys_set_before));
        let tags = TagDiff::between(&set, &service.tags, &tag_keys.unwrap_or_default());
        let tags_edited = applied.is_some_and(|applied| {
            applied.tags_hash.is_some() && applied.tags_hash != Some(desired.tags_hash())
        });
        let report = desired.drift == DriftPolicy::Report;
        Self {
            owner: owner(case, service),
            tags: if report && !tags_edited {
                tags.owner_part()
            } else {
                tags
            },
            immutable: service
                .infrastructure_role_arn
                .clone()
                .filter(|role| *role != desired.infrastructure_role_arn),
            unsettled: unsettled(case, service, in_sync, &rollout),
            stubborn: stubborn(case, service, &diff, edited),
            restart: restart_asked(case)
                || retry && in_sync && matches!(rollout, Rollout::Failed(_)),
            mode_switched,
            shown_only: report && !edited && !diff.is_empty(),
            diff,
            rollout,
            edited,
            rolled_back,
        }
    }

    /// Whether the newest revision is what the spec says.
    pub fn in_sync(&self, service: &Service) -> bool {
        self.diff.is_empty() && !self.mode_switched && service.newest().is_some()
    }

    /// Whether ECS may still be about to bring, or is taking back, what was sent of this very configuration: then sending
    /// it again would double it, or fight a rollback.
    pub fn is_under_way(&self, case: &Case<'_>) -> bool {
        let applied = case.memory.and_then(|memory| memory.last_applied.as_ref());
        let sent = applied.is_none_or(|applied| {
            applied.rollout_hash == case.desired.configuration.rollout_hash()
        });
        sent && !retry_asked(case)
            && matches!(
                self.rollout,
                Rollout::InProgress(Some(_)) | Rollout::Unreadable(_)
            )
    }

    /// The blocks that an update sends.
    pub fn update(
        &self,
        case: &Case<'_>,
        service: &Service,
    ) -> super::configuration::Configuration {
        let actual = service.newest().map(|newest| &newest.configuration);
        let managed = service.managed_security_groups();
        complete(&case.desired.configuration, actual, managed.as_ref())
    }

    /// `scalingTarget` alone: what may be sent while the rest is rolled back.
    pub fn scaling_update(&self, case: &Case<'_>, service: &Service) -> Scaling {
        complete_scaling(
            case.desired.configuration.scaling.clone(),
            service.newest().map(|newest| &newest.configuration.scaling),
        )
    }
}

pub(super) fn retry_asked(case: &Case<'_>) -> bool {
    let asked = &case.desired.retry;
    asked.is_some() && case.memory.is_some_and(|memory| memory.retry != *asked)
}

fn restart_asked(case: &Case<'_>) -> bool {
    let asked = &case.desired.restart;
    asked.is_some() && case.memory.is_some_and(|memory| memory.restart != *asked)
}

fn owner(case: &Case<'_>, service: &Service) -> Owner {
    let desired = case.desired;
    let known = case
        .memory
        .and_then(|memory| memory.service.as_ref())
        .is_some_and(|known| is_known(known, service));
    match OwnerTags::read(&service.tags, &desired.object, &desired.cluster_id) {
        OwnerTags::Ours => Owner::Ours,
        OwnerTags::None | OwnerTags::Partial(_) if known => Owner::TagsLost,
        OwnerTags::Another(whose) | OwnerTags::Partial(whose) => Owner::Another(whose),
        OwnerTags::Released | OwnerTags::None => Owner::Free,
    }
}

/// The very service that this object made or adopted: ARN and creation time, to the second.
fn is_known(known: &KnownService, service: &Service) -> bool {
    let second = |time: &Time| time.0.as_second();
    known.arn == service.arn.to_string()
        && known.created_at.as_ref().map(second).is_some()
        && known.created_at.as_ref().map(second) == service.created_at.map(|at| at.as_second())
}

/// An accepted update that is not seen yet forbids to send the same again; one whose fate is unknown forbids to send any.
fn unsettled(case: &Case<'_>, service: &Service, in_sync: bool, rollout: &Rollout) -> bool {
    use super::memory::Operation::Update;
    let Some((memory, intent)) = case
        .memory
        .and_then(|memory| Some((memory, memory.open(Update)?)))
    else {
        return false;
    };
    let accepted = intent.outcome.as_deref() == Some(outcome::ACCEPTED);
    let other_spec = intent.hash != case.desired.configuration.hash();
    let superseded = accepted && (other_spec || shows_applied_revision(memory, service));
    // Its deployment is on its way, though its revision is not shown yet.
    let applied = case.memory.and_then(|memory| memory.last_applied.as_ref());
    let former = applied.and_then(|applied| applied.revision.as_deref());
    let coming = match rollout {
        Rollout::InProgress(Some(deployment)) => {
            intent.outcome.is_none() && deployment.target_revision.as_deref() != former
        }
        _ => false,
    };
    let open_for_long = case.sightings.intent_open_for(case.windows.settle);
    !in_sync && !superseded && (coming || !open_for_long)
}

/// Whether the newest revision is not the one of the last update, while an update to this spec may have landed.
fn lost_update_runs(case: &Case<'_>, service: &Service) -> bool {
    let hash = case.desired.configuration.hash();
    let lost = case
        .memory
        .and_then(|memory| memory.open(super::memory::Operation::Update))
        .is_some_and(|intent| intent.outcome.is_none() && intent.hash == hash);
    let applied = case.memory.and_then(|memory| memory.last_applied.as_ref());
    let revision = applied.and_then(|applied| applied.revision.as_deref());
    let newest = service.newest().map(|newest| newest.arn.as_str());
    lost && newest.is_some() && newest != revision
}

/// Whether the revision of the last update runs.
pub(super) fn shows_applied_revision(memory: &Memory, service: &Service) -> bool {
    let applied = memory.last_applied.as_ref();
    applied
        .and_then(|applied| applied.revision.as_ref())
        .is_some_and(|arn| {
            service
                .revisions
                .iter()
                .any(|revision| revision.arn == *arn)
        })
}

/// The rolled-back configuration is the wanted one: on record, or as the deployment shows.
fn rolled_back(case: &Case<'_>, rollout: &Rollout) -> bool {
    let wanted = case.desired.configuration.rollout_hash();
    let on_record = case
        .memory
        .and_then(|memory| memory.rolled_back.as_ref())
        .is_some_and(|rolled_back| rolled_back.rollout_hash == wanted);
    let applied = case.memory.and_then(|memory| memory.last_applied.as_ref());
    let in_flight = case
        .memory
        .and_then(|memory| memory.open(super::memory::Operation::Update))
        .is_some_and(|intent| intent.hash == case.desired.configuration.hash());
    let shown = matches!(rollout, Rollout::Failed(_))
        && (in_flight || applied.is_none_or(|applied| applied.rollout_hash == wanted));
    on_record || shown
}

/// Whether ECS made the newest revision of this very spec, so that a difference is its reading of the spec.
fn made_of_this_spec(case: &Case<'_>, service: &Service, edited: bool) -> bool {
    let applied = case.memory.and_then(|memory| memory.last_applied.as_ref());
    let revision = applied.and_then(|applied| applied.revision.as_deref());
    !edited && revision.is_some() && service.newest().map(|newest| newest.arn.as_str()) == revision
}

/// A list that was sent empty and is still there cannot be cleared: it is left in force, once and for all.
fn give_up_emptying(diff: &mut Diff, case: &Case<'_>, service: &Service, edited: bool) {
    use super::{diff::LeftInForce, field::WhenUnset};
    if !made_of_this_spec(case, service, edited) {
        return;
    }
    let wanted = case.desired.configuration.values();
    let (kept, stay): (Vec<_>, Vec<_>) = std::mem::take(&mut diff.differences)
        .into_iter()
        .partition(|difference| {
            difference.field.when_unset() == WhenUnset::Emptied
                && wanted
                    .get(&difference.field)
                    .is_none_or(|value| value.is_empty())
        });
    diff.differences = stay;
    diff.left_in_force
        .extend(kept.into_iter().map(|difference| LeftInForce {
            field: difference.field,
            actual: difference.actual,
        }));
}

/// Sending again is futile: ECS read this very spec so, or it was sent often enough. Scaling lives outside the revision,
/// and can be changed there.
fn stubborn(case: &Case<'_>, service: &Service, diff: &Diff, edited: bool) -> bool {
    let Some(first) = diff.differences.first() else {
        return false;
    };
    let own = made_of_this_spec(case, service, edited) && !first.field.is_scaling();
    let tired = case
        .memory
        .and_then(|memory| memory.breaker.as_ref())
        .is_some_and(|breaker| {
            !edited
                && breaker.count >= TRIES
                && breaker.path == first.field.path()
                && breaker.hash == case.desired.configuration.hash()
        });
    own || tired
}

/// Fields on record as set: those of the spec, and those left in force.
pub fn fields_in_force(case: &Case<'_>, diff: &Diff) -> Vec<String> {
    let mut fields: BTreeSet<_> = case.desired.configuration.values().into_keys().collect();
    fields.extend(diff.left_in_force.iter().map(|left| left.field));
    fields
        .into_iter()
        .map(|field| field.path().to_owned())
        .collect()
}
