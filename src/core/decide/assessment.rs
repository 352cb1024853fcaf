//! What one look shows, computed before the decision: whose the service is, where it differs, how its rollout stands.

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
        let (desired, state) = (input.desired, input.state);
        let applied = state.and_then(|state| state.last_applied.as_ref());
        let retry = input.retry_asked();
        let edited = is_edited(input, service);
        let (diff, mode_switched) = difference(input, service, edited);
        let in_sync = diff.is_empty() && !mode_switched && service.newest().is_some();
        let rollout = Rollout::judge(service, in_sync, state, input.deployment, input.now);
        let rolled_back = !retry && !in_sync && rolled_back(input, &rollout);
        let (set, tag_keys) = (
            desired.tags(),
            state.map(OperatorState::tag_keys_set_before),
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

    /// `scalingTarget` alone: what may be sent while the rest is rolled back.
    pub fn scaling_update(&self, input: &Input<'_>, service: &Service) -> Scaling {
        complete_scaling(
            input.desired.configuration.scaling.clone(),
            service.newest().map(|newest| &newest.configuration.scaling),
        )
    }
}

/// How ECS ended the deployment of the configuration that it rolled back: on record, or as it is seen now.
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
        _ => None,
    })
}

/// The rolled-back configuration is the wanted one: on record, or as the deployment shows.
fn rolled_back(input: &Input<'_>, rollout: &Rollout) -> bool {
    let wanted = input.desired.configuration.rollout_hash();
    let on_record = input
        .state
        .is_some_and(|state| state.rollback_of(&wanted).is_some());
    let Rollout::Failed(deployment) = rollout else {
        return on_record;
    };
    // A deployment that failed before the update was sent is another's.
    let in_flight = input
        .state
        .and_then(|state| state.open(Operation::Update))
        .is_some_and(|intent| {
            intent.hash == input.desired.configuration.hash()
                && is_new_deployment(deployment, intent)
        });
    on_record || in_flight || input.is_baseline()
}
