//! Following the deployment of our revision. ACTIVE is not ready, and an empty `currentDeployment` is neither success nor
//! failure: only the deployment that brings the revision decides.

use jiff::Timestamp;

use crate::{
    api::{operator_state::OperatorState, status::DeploymentStatus},
    core::{
        observed::{
            deployment::{DeploymentState, deployment_state},
            failure::Failure,
            service::{Read, Service},
        },
        operator_state::intent::{IntentState, Operation, is_new_deployment},
    },
};

/// What became of the deployment of the wanted revision.
#[derive(Clone, Debug, PartialEq)]
pub enum Rollout {
    /// Nothing of it is to be seen yet.
    Pending,
    /// It is under way; without a deployment while that is not to be found.
    InProgress(Option<DeploymentStatus>),
    /// It succeeded, or ECS has settled and forgotten it.
    Succeeded(Option<DeploymentStatus>),
    /// It ended otherwise.
    Failed(DeploymentStatus),
    /// ECS did not let us look.
    Unreadable(Failure),
}

/// How ECS ended a deployment that it rolled back, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// `status` of the deployment.
    pub status: Option<String>,
    /// `statusReason` of the deployment.
    pub reason: Option<String>,
}

impl Rollout {
    fn of(deployment: DeploymentStatus) -> Self {
        match deployment_state(deployment.status.as_deref()) {
            DeploymentState::InProgress => Self::InProgress(Some(deployment)),
            DeploymentState::Succeeded => Self::Succeeded(Some(deployment)),
            DeploymentState::Failed => Self::Failed(deployment),
        }
    }

    /// Whether ECS is taking the wanted revision back.
    pub fn is_rolling_back(&self) -> bool {
        let status = self
            .deployment()
            .and_then(|deployment| deployment.status.as_deref());
        matches!(self, Self::InProgress(_))
            && status.is_some_and(|word| word.starts_with("ROLLBACK"))
    }

    /// Whether the deployment brings this revision.
    pub fn brings(&self, revision: &str) -> bool {
        let deployment = self.deployment();
        deployment.and_then(|deployment| deployment.target_revision.as_deref()) == Some(revision)
    }

    /// The deployment it speaks of.
    pub fn deployment(&self) -> Option<&DeploymentStatus> {
        match self {
            Self::Pending | Self::Unreadable(_) => None,
            Self::InProgress(deployment) | Self::Succeeded(deployment) => deployment.as_ref(),
            Self::Failed(deployment) => Some(deployment),
        }
    }

    /// Judges the deployment of the wanted revision: the newest one where it does not differ from the spec, else the one
    /// that the last update made. `remembered` is the deployment in the status, which holds where ECS was not asked.
    pub fn judge(
        service: &Service,
        in_sync: bool,
        state: Option<&OperatorState>,
        remembered: Option<&DeploymentStatus>,
        now: Timestamp,
    ) -> Self {
        let deployments: Vec<&DeploymentStatus> = match &service.deployments {
            Read::Got(deployments) => deployments.iter().collect(),
            Read::Skipped => remembered.into_iter().collect(),
            Read::Failed(failure) => return Self::Unreadable(failure.clone()),
        };
        let applied = state.and_then(|state| state.last_applied.as_ref());
        // Just after a create ECS shows no revision: whatever is remembered, nothing runs yet.
        let wanted = if in_sync {
            service.newest().map(|revision| revision.arn.as_str())
        } else {
            applied.and_then(|applied| applied.revision.as_deref())
        };
        let found = wanted.and_then(|wanted| {
            deployments
                .iter()
                .find(|deployment| deployment.target_revision.as_deref() == Some(wanted))
        });
        if service.revisions.is_empty() {
            return match found.map(|deployment| Self::of((*deployment).clone())) {
                Some(Self::Failed(deployment)) => Self::Failed(deployment),
                Some(Self::InProgress(deployment) | Self::Succeeded(deployment)) => {
                    Self::InProgress(deployment)
                }
                _ => Self::InProgress(None),
            };
        }
        let newest = deployments.first().copied();
        // Stopped by somebody's later deployment: ECS did not reject it.
        let found = found.filter(|found| {
            found.status.as_deref() != Some("STOPPED") || Some(**found) == newest || in_sync
        });
        if let Some(lost) = lost_update(state, newest, in_sync)
            && lost.target_revision.as_deref() != wanted
        {
            return Self::of(lost.clone());
        }
        match (found, wanted, in_sync) {
            (Some(deployment), _, _) => Self::of((*deployment).clone()),
            (None, Some(_), true) if settled(service, now) => Self::Succeeded(None),
            (None, _, true) => Self::InProgress(None),
            // What runs is not the spec, and nothing tells what was sent: the newest deployment has to.
            (None, None, false) => deployments
                .first()
                .map_or(Self::Pending, |newest| Self::of((*newest).clone())),
            (None, Some(_), false) => Self::Pending,
        }
    }
}

/// The deployment by which alone an update is known whose answer is lost: the newest, if it began after the intent.
fn lost_update<'a>(
    state: Option<&OperatorState>,
    newest: Option<&'a DeploymentStatus>,
    in_sync: bool,
) -> Option<&'a DeploymentStatus> {
    let intent = state?
        .open(Operation::Update)
        .filter(|intent| intent.state() == IntentState::Unknown && !in_sync)?;
    newest.filter(|newest| is_new_deployment(newest, intent))
}

/// Least age of a revision whose deployment may have been forgotten, in seconds.
const FORGOTTEN_AFTER: i64 = 24 * 3600;

/// ECS forgets deployments after 90 days: then a service at rest, with at least the tasks it needs, has succeeded.
fn settled(service: &Service, now: Timestamp) -> bool {
    let [revision] = service.revisions.as_slice() else {
        return false;
    };
    // Just after a create ECS shows a revision before its deployment.
    let old = revision
        .created_at
        .is_some_and(|at| now.as_second() - at.as_second() >= FORGOTTEN_AFTER);
    let least = revision.configuration.scaling.min_task_count;
    let enough = |running: i32| least.is_some_and(|least| running >= least);
    old && service.current_deployment.is_none()
        && matches!(service.deployments, Read::Got(_) | Read::Skipped)
        && service
            .counts
            .got()
            .is_some_and(|counts| counts.pending == 0 && enough(counts.running))
}
