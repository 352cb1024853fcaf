//! What one look shows, computed before the decision: whose the service is, where it differs, how its rollout stands.

use std::collections::BTreeSet;

use super::{
    complete::{complete, complete_scaling},
    configuration::Scaling,
    decide::Input,
    desired::DriftPolicy,
    diff::{Diff, diff},
    field::WhenUnset,
    identity::{OwnerTags, owner_tags},
    left_in_force::give_up_emptying,
    memory::{IntentState, Operation},
    not_comparable::managed_groups,
    observed::Service,
    rollout::{Rollback, Rollout},
    tags::TagDiff,
    update_intent::{UpdateIntent, is_new_deployment},
};
use crate::api::memory::{KnownService, OperatorState};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// Whose a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This object's, by its tags.
    Ours,
    /// This object's, by the memory of its making: the tags are lost.
    TagsLost,
    /// Somebody else's.
    Other(String),
    /// Nobody's.
    Unowned,
}

/// Updates, or calls to set tags, with the same difference before the operator gives up (a revision that ECS made of the very
/// spec is judged at once).
pub(super) const MAX_ATTEMPTS: i32 = 3;

/// What a look at a present service shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
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
    /// What has become of the update that was open.
    pub update: UpdateIntent,
    /// ECS rolled this very configuration back.
    pub rolled_back: bool,
    /// How ECS ended the deployment that it rolled back.
    pub rollback: Option<Rollback>,
    /// Sending the spec again would change nothing.
    pub not_converging: bool,
    /// An outside change that is only shown.
    pub report_only: bool,
    /// A restart was asked and is not done.
    pub restart: bool,
    /// The spec says otherwise than before who makes the task definition.
    pub mode_switched: bool,
}

impl Assessment {
    /// Examines a present service.
    pub fn of(input: &Input<'_>, service: &Service, update: UpdateIntent) -> Self {
        let (desired, memory) = (input.desired, input.memory);
        let applied = memory.and_then(|memory| memory.last_applied.as_ref());
        let retry = input.retry_asked();
        let edited = is_edited(input, service);
        let (diff, mode_switched) = difference(input, service, edited);
        let in_sync = diff.is_empty() && !mode_switched && service.newest().is_some();
        let rollout = Rollout::judge(service, in_sync, memory, input.deployment, input.now);
        let rolled_back = !retry && !in_sync && rolled_back(input, &rollout);
        let (set, tag_keys) = (
            desired.tags(),
            memory.map(OperatorState::tag_keys_set_before),
        );
        let tags = TagDiff::between(&set, &service.tags, &tag_keys.unwrap_or_default());
        let tags_edited = applied.is_some_and(|applied| {
            applied.tags_hash.is_some() && applied.tags_hash != Some(desired.tags_hash())
        });
        let report = desired.drift == DriftPolicy::Report;
        Self {
            owner: owner(input, service),
            tags: if report && !tags_edited {
                tags.owner_part()
            } else {
                tags
            }
            .without_exhausted_attempts(input),
            immutable: service
                .infrastructure_role_arn
                .clone()
                .filter(|role| *role != desired.infrastructure_role_arn),
            update,
            not_converging: not_converging(input, service, &diff, edited || rolled_back),
            restart: input.restart_asked()
                || retry && in_sync && matches!(rollout, Rollout::Failed(_)),
            mode_switched,
            report_only: report && !edited && !diff.is_empty(),
            rollback: rollback(input, &rollout),
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
    pub fn is_in_progress(&self, input: &Input<'_>, service: &Service) -> bool {
        let coming = match &self.rollout {
            // What it brings is shown already, and is another configuration.
            Rollout::InProgress(Some(_)) => {
                let newest = service.newest().map(|newest| newest.arn.as_str());
                !newest.is_some_and(|newest| self.rollout.brings(newest))
            }
            Rollout::Unreadable(_) => true,
            Rollout::Pending
            | Rollout::InProgress(None)
            | Rollout::Succeeded(_)
            | Rollout::Failed(_) => false,
        };
        coming && input.is_baseline() && !input.retry_asked()
    }

    /// Whether what runs is what the spec says, and nothing that was sent may still change it.
    pub fn is_final(&self, service: &Service) -> bool {
        self.in_sync(service) && self.update != UpdateIntent::Waiting
    }

    /// The blocks that an update sends.
    pub fn update(
        &self,
        input: &Input<'_>,
        service: &Service,
    ) -> super::configuration::Configuration {
        let actual = service.newest().map(|newest| &newest.configuration);
        let managed = managed_groups(input, service);
        complete(
            &input.desired.configuration,
            actual,
            managed.as_ref(),
            &self.diff.cleared(),
        )
    }

    /// `scalingTarget` alone: what may be sent while the rest is rolled back.
    pub fn scaling_update(&self, input: &Input<'_>, service: &Service) -> Scaling {
        complete_scaling(
            input.desired.configuration.scaling.clone(),
            service.newest().map(|newest| &newest.configuration.scaling),
        )
    }
}

/// Whether the newest revision is what the spec says.
pub(super) fn shows_the_spec(input: &Input<'_>, service: &Service) -> bool {
    let (diff, mode_switched) = difference(input, service, is_edited(input, service));
    diff.is_empty() && !mode_switched && service.newest().is_some()
}

/// Where the newest revision differs from the spec, and whether the spec says otherwise than before who makes the task
/// definition.
fn difference(input: &Input<'_>, service: &Service, edited: bool) -> (Diff, bool) {
    let (desired, memory) = (input.desired, input.memory);
    let managed = managed_groups(input, service);
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
    give_up_emptying(&mut diff, input, service, edited);
    let applied = memory.and_then(|memory| memory.last_applied.as_ref());
    let mode_switched = applied.is_some_and(|applied| {
        !applied.mode.is_empty()
            && applied.mode != desired.mode.as_str()
            && !(diff.is_empty() && lost_update_runs(input, service))
    });
    (diff, mode_switched)
}

/// Whether the spec is another one than the one last applied, or first seen; or a retry is asked.
fn is_edited(input: &Input<'_>, service: &Service) -> bool {
    let (hash, memory) = (input.desired.configuration.hash(), input.memory);
    let other = memory
        .and_then(OperatorState::baseline)
        .is_some_and(|baseline| baseline.whole != hash);
    // A service that its former object has let go is taken back with the spec of the new one.
    let released = service.tags.get(owner_tags::UID).map(String::as_str);
    let never_applied = memory.is_none_or(|memory| memory.last_applied.is_none());
    let taken_back = never_applied && released == Some(owner_tags::RELEASED);
    input.retry_asked() || other || taken_back
}

/// How ECS ended the deployment of the configuration that it rolled back: on record, or as it is seen now.
fn rollback(input: &Input<'_>, rollout: &Rollout) -> Option<Rollback> {
    let hash = input.desired.configuration.rollout_hash();
    let recorded = input
        .memory
        .and_then(|memory| memory.rollback_of(&hash))
        .filter(|recorded| recorded.status.is_some())
        .map(|recorded| Rollback {
            status: recorded.status.clone(),
            reason: recorded.reason.clone(),
        });
    recorded.or_else(|| match rollout {
        Rollout::Failed(deployment) => Some(Rollback {
            status: deployment.status.clone(),
            reason: deployment.reason.clone(),
        }),
        _ => None,
    })
}

/// Whose a service is, by its tags and by the memory of its making.
pub(super) fn owner(input: &Input<'_>, service: &Service) -> Owner {
    let desired = input.desired;
    let known = input
        .memory
        .and_then(|memory| memory.service.as_ref())
        .is_some_and(|known| is_known(known, service));
    match OwnerTags::read(&service.tags, &desired.object, &desired.cluster_id) {
        OwnerTags::Ours => Owner::Ours,
        OwnerTags::None | OwnerTags::Partial(_) if known => Owner::TagsLost,
        OwnerTags::Other(whose) | OwnerTags::Partial(whose) => Owner::Other(whose),
        OwnerTags::Released | OwnerTags::None => Owner::Unowned,
    }
}

/// The very service that this object made or adopted: ARN and creation time, to the second.
fn is_known(known: &KnownService, service: &Service) -> bool {
    let second = |time: &Time| time.0.as_second();
    known.arn == service.arn.to_string()
        && known.created_at.as_ref().map(second).is_some()
        && known.created_at.as_ref().map(second) == service.created_at.map(|at| at.as_second())
}

/// Whether the newest revision is not the one of the last update, while an update to this spec may have landed.
fn lost_update_runs(input: &Input<'_>, service: &Service) -> bool {
    let hash = input.desired.configuration.hash();
    let lost = input
        .memory
        .and_then(|memory| memory.open(Operation::Update))
        .is_some_and(|intent| intent.state() == IntentState::Unknown && intent.hash == hash);
    let applied = input.memory.and_then(|memory| memory.last_applied.as_ref());
    let revision = applied.and_then(|applied| applied.revision.as_deref());
    let newest = service.newest().map(|newest| newest.arn.as_str());
    lost && newest.is_some() && newest != revision
}

/// The rolled-back configuration is the wanted one: on record, or as the deployment shows.
fn rolled_back(input: &Input<'_>, rollout: &Rollout) -> bool {
    let wanted = input.desired.configuration.rollout_hash();
    let on_record = input
        .memory
        .is_some_and(|memory| memory.rollback_of(&wanted).is_some());
    let Rollout::Failed(deployment) = rollout else {
        return on_record;
    };
    // A deployment that failed before the update was sent is another's.
    let in_flight = input
        .memory
        .and_then(|memory| memory.open(Operation::Update))
        .is_some_and(|intent| {
            intent.hash == input.desired.configuration.hash()
                && is_new_deployment(deployment, intent)
        });
    on_record || in_flight || input.is_baseline()
}

/// Whether ECS made the newest revision of this very spec, so that a difference is its reading of the spec.
pub(super) fn made_from_this_spec(input: &Input<'_>, service: &Service, edited: bool) -> bool {
    let applied = input.memory.and_then(|memory| memory.last_applied.as_ref());
    let revision = applied.and_then(|applied| applied.revision.as_deref());
    !edited && revision.is_some() && service.newest().map(|newest| newest.arn.as_str()) == revision
}

/// Sending again is futile: ECS read this very spec so, or it was sent often enough. Scaling lives outside the revision,
/// and can be changed there.
fn not_converging(input: &Input<'_>, service: &Service, diff: &Diff, edited: bool) -> bool {
    let Some(first) = diff.differences.first() else {
        return false;
    };
    let own = made_from_this_spec(input, service, edited) && !first.field.is_scaling();
    let exhausted = input
        .memory
        .and_then(|memory| memory.breaker.as_ref())
        .is_some_and(|breaker| {
            !input.retry_asked()
                && breaker.count >= MAX_ATTEMPTS
                && breaker.path == first.field.path()
                && breaker.hash == input.desired.configuration.hash()
        });
    own || exhausted
}

/// Fields on record as set: those of the spec, those left in force, and those that an update empties, until it is seen that
/// it did.
pub fn fields_in_force(input: &Input<'_>, diff: &Diff) -> Vec<String> {
    let mut fields: BTreeSet<_> = input.desired.configuration.values().into_keys().collect();
    fields.extend(diff.left_in_force.iter().map(|left| left.field));
    let emptied = diff.differences.iter().map(|difference| difference.field);
    fields.extend(emptied.filter(|field| field.when_unset() == WhenUnset::Emptied));
    fields
        .into_iter()
        .map(|field| field.path().to_owned())
        .collect()
}
