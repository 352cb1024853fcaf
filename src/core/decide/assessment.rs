//! The assessment of a present service: its owner, its differences from the spec, and its rollout.

use crate::{
    api::operator_state::OperatorState,
    core::{
        decide::{
            breaker::not_converging,
            difference::{difference, is_edited},
            input::Input,
            ownership::{Owner, owner},
            rollout::{Rollback, Rollout},
            security_groups::managed_groups,
            update_intent::UpdateIntent,
        },
        desired::{
            configuration::{Configuration, Scaling},
            policy::DriftPolicy,
        },
        diff::{
            compare::Diff,
            complete::{complete, complete_scaling},
            tags::TagDiff,
        },
        observed::service::Service,
        operator_state::intent::{Operation, is_new_deployment},
    },
};

/// What an observation of a present service means for the object.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// The owner of the service.
    pub owner: Owner,
    /// The differences between the spec and the newest revision; empty while ECS shows no revision.
    pub diff: Diff,
    /// The differences between the tags of the spec and those on the service.
    pub tags: TagDiff,
    /// Whether the newest revision matches the spec.
    pub in_sync: bool,
    /// The rollout of the wanted revision.
    pub rollout: Rollout,
    /// The infrastructure role of the service, if it is another than that of the spec.
    pub immutable: Option<String>,
    /// Whether the spec was edited since it was last applied, or a retry was asked for.
    pub edited: bool,
    /// The state of the last update.
    pub update: UpdateIntent,
    /// Whether ECS rolled back the very configuration of the spec.
    pub rolled_back: bool,
    /// How ECS ended the deployment that it rolled back.
    pub rollback: Option<Rollback>,
    /// Whether sending the spec again would change nothing.
    pub not_converging: bool,
    /// Whether the service drifted and `driftPolicy: Report` says only to report that.
    pub report_only: bool,
    /// Whether a restart is due.
    pub restart: bool,
    /// Whether the spec switched between a task definition of the user's and one that ECS makes.
    pub mode_switched: bool,
}

impl Assessment {
    /// Assesses a present service. `update` is the state of the last update, from the same observation.
    pub fn of(input: &Input<'_>, service: &Service, update: UpdateIntent) -> Self {
        let retry = input.retry_asked();
        let edited = is_edited(input, service);
        let (diff, mode_switched) = difference(input, service, edited);
        let in_sync = diff.is_empty() && !mode_switched && service.newest().is_some();
        let rollout = Rollout::of(input, service, in_sync);
        let rolled_back = !retry && !in_sync && was_rolled_back(input, &rollout);
        let failed = matches!(rollout, Rollout::Failed(_));
        Self {
            owner: owner(input, service),
            tags: due_tags(input, service),
            immutable: service
                .infrastructure_role_arn
                .clone()
                .filter(|role| *role != input.desired.infrastructure_role_arn),
            not_converging: not_converging(input, service, &diff, edited || rolled_back),
            restart: input.restart_asked() || retry && in_sync && failed,
            report_only: input.desired.drift == DriftPolicy::Report && !edited && !diff.is_empty(),
            rollback: rollback(input, &rollout),
            diff,
            in_sync,
            rollout,
            edited,
            update,
            rolled_back,
            mode_switched,
        }
    }

    /// Whether ECS may still be about to deploy, or is rolling back, what was sent of the present spec. Sending it again
    /// would then start a second deployment, or fight a rollback.
    pub fn is_in_progress(&self, input: &Input<'_>, service: &Service) -> bool {
        let in_progress = match &self.rollout {
            // ECS already shows the revision that is being deployed, and that one differs from the spec.
            Rollout::InProgress(Some(_)) => {
                let newest = service.newest().map(|newest| newest.arn.as_str());
                !newest.is_some_and(|newest| self.rollout.targets(newest))
            }
            Rollout::Unreadable(_) | Rollout::Stopped(_) => true,
            Rollout::Pending
            | Rollout::InProgress(None)
            | Rollout::Succeeded(_)
            | Rollout::Failed(_) => false,
        };
        in_progress && input.is_baseline() && !input.retry_asked()
    }

    /// Whether the newest revision matches the spec and no call can still change it.
    pub fn is_final(&self) -> bool {
        let is_open = matches!(self.rollout, Rollout::Stopped(_));
        self.in_sync && self.update != UpdateIntent::Waiting && !is_open
    }

    /// The configuration that an update sends: the spec, with the values in force in the blocks that it touches.
    pub fn update(&self, input: &Input<'_>, service: &Service) -> Configuration {
        let actual = service.newest().map(|newest| &newest.configuration);
        let managed = managed_groups(input, service);
        complete(
            &input.desired.configuration,
            actual,
            managed.as_ref(),
            &self.diff.cleared(),
        )
    }

    /// The `scalingTarget` alone, which may be sent while the rest of the configuration is rolled back.
    pub fn scaling_update(&self, input: &Input<'_>, service: &Service) -> Scaling {
        complete_scaling(
            input.desired.configuration.scaling.clone(),
            service.newest().map(|newest| &newest.configuration.scaling),
        )
    }
}

/// The tags that differ, without those that the drift policy or exhausted attempts keep from being sent.
fn due_tags(input: &Input<'_>, service: &Service) -> TagDiff {
    let (desired, state) = (input.desired, input.state);
    let set_before = state.map(OperatorState::tag_keys_set_before);
    let tags = TagDiff::between(
        &desired.tags(),
        &service.tags,
        &set_before.unwrap_or_default(),
    );
    let applied = state.and_then(|state| state.last_applied.as_ref());
    let edited = applied.is_some_and(|applied| {
        applied.tags_hash.is_some() && applied.tags_hash != Some(desired.tags_hash())
    });
    let due = match desired.drift {
        DriftPolicy::Report if !edited => tags.owner_part(),
        DriftPolicy::Report | DriftPolicy::Correct => tags,
    };
    due.without_exhausted_attempts(input)
}

/// How ECS ended the deployment that it rolled back: as recorded, otherwise as observed.
fn rollback(input: &Input<'_>, rollout: &Rollout) -> Option<Rollback> {
    let hash = input.desired.configuration.rollout_hash();
    let recorded = input
        .state
        .and_then(|state| state.rollback_of(&hash))
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
        Rollout::Pending
        | Rollout::InProgress(_)
        | Rollout::Stopped(_)
        | Rollout::Succeeded(_)
        | Rollout::Unreadable(_) => None,
    })
}

/// Whether ECS rolled back the configuration of the spec, as recorded or as observed.
fn was_rolled_back(input: &Input<'_>, rollout: &Rollout) -> bool {
    let wanted = input.desired.configuration.rollout_hash();
    let is_recorded = input
        .state
        .is_some_and(|state| state.rollback_of(&wanted).is_some());
    let Rollout::Failed(deployment) = rollout else {
        return is_recorded;
    };
    // A deployment that failed before the update was sent belongs to another configuration.
    let is_of_open_update = input
        .state
        .and_then(|state| state.open(Operation::Update))
        .is_some_and(|intent| {
            intent.hash == input.desired.configuration.hash()
                && is_new_deployment(deployment, intent)
        });
    is_recorded || is_of_open_update || input.is_baseline()
}
