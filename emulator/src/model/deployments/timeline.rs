//! The steps of a deployment as tables of (virtual seconds after its start, step).

use serde::{Deserialize, Serialize};

use crate::model::{
    deployments::outcome::Outcome,
    revisions::managed_resources::{PROVISIONING, Resource},
};

/// What runs when a deployment starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Start {
    /// No revision of the service has run yet.
    FromNothing,
    /// A revision is running.
    FromRevision,
}

/// The cause of a rollback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Trigger {
    CircuitBreaker,
    Alarm,
    Request,
}

/// A step of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// The revision becomes active; the deployment is PENDING.
    Appear,
    /// The endpoint appears in the ingressPaths of the revision.
    ShowEndpoint,
    /// The deployment becomes IN_PROGRESS.
    Begin,
    /// A lifecycle stage begins.
    Enter(Stage),
    /// The tasks of the revision are started and pending.
    StartTasks,
    /// The tasks of the revision run.
    RunTasks,
    /// A managed resource becomes ACTIVE.
    Provision(Resource),
    /// A managed resource becomes FAILED.
    FailResource(Resource),
    /// A task of the revision fails to start.
    FailTask,
    /// The revision receives this percentage of the traffic.
    Shift(u8),
    /// A rollback starts.
    RollBack(Trigger),
    /// The deployment ends as STOPPED.
    Stop,
    /// ECS rejects the revision, and the deployment ends as STOPPED.
    Reject,
    /// The deployment ends without a trace.
    Vanish,
    /// The deployment ends as SUCCESSFUL.
    Succeed,
    /// The deployment ends as ROLLBACK_SUCCESSFUL.
    FinishRollback,
    /// The deployment ends as ROLLBACK_FAILED.
    FailRollback,
}

/// The role without which a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NeededRole {
    Infrastructure,
    Execution,
}

impl Step {
    pub(crate) fn needed_role(self) -> Option<NeededRole> {
        match self {
            Self::Provision(_) | Self::Shift(_) | Self::RollBack(_) => {
                Some(NeededRole::Infrastructure)
            }
            Self::RunTasks => Some(NeededRole::Execution),
            Self::Appear
            | Self::ShowEndpoint
            | Self::Begin
            | Self::Enter(_)
            | Self::StartTasks
            | Self::FailResource(_)
            | Self::FailTask
            | Self::Stop
            | Self::Reject
            | Self::Vanish
            | Self::Succeed
            | Self::FinishRollback
            | Self::FailRollback => None,
        }
    }
}

/// The lifecycle stages of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    ReconcileService,
    PreScaleUp,
    ScaleUp,
    PostScaleUp,
    ProductionTrafficShift,
    PostProductionTrafficShift,
    BakeTime,
    CleanUp,
}

impl Stage {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ReconcileService => "RECONCILE_SERVICE",
            Self::PreScaleUp => "PRE_SCALE_UP",
            Self::ScaleUp => "SCALE_UP",
            Self::PostScaleUp => "POST_SCALE_UP",
            Self::ProductionTrafficShift => "PRODUCTION_TRAFFIC_SHIFT",
            Self::PostProductionTrafficShift => "POST_PRODUCTION_TRAFFIC_SHIFT",
            Self::BakeTime => "BAKE_TIME",
            Self::CleanUp => "CLEAN_UP",
        }
    }
}

/// The second of a first deployment at which a new load balancer delays everything that follows.
const LOAD_BALANCER: u64 = 45;

/// Returns the steps of a deployment in order. `bake` is the length of each bake in seconds, and
/// `load_balancer` the time that a new load balancer adds to a first deployment.
pub(crate) fn timeline(
    start: Start,
    outcome: Outcome,
    bake: u64,
    load_balancer: u64,
) -> Vec<(u64, Step)> {
    let mut steps = steps(start, outcome, bake);
    if start == Start::FromNothing {
        for (at, _) in steps.iter_mut().filter(|(at, _)| *at >= LOAD_BALANCER) {
            *at += load_balancer;
        }
    }
    steps.sort_by_key(|(at, _)| *at);
    steps
}

fn steps(start: Start, outcome: Outcome, bake: u64) -> Vec<(u64, Step)> {
    match (start, outcome) {
        (Start::FromNothing, Outcome::Succeed) => first(0),
        // There is nothing to roll back to, so the first deployment stays IN_PROGRESS.
        (Start::FromNothing, Outcome::NeverComesUp) => stuck(3),
        (
            Start::FromNothing,
            Outcome::RollBackByCircuitBreaker | Outcome::RollBackByAlarm | Outcome::RollbackFails,
        ) => [stuck(3), provisioning(90), failing_tasks()].concat(),
        (Start::FromNothing, Outcome::ManagedResourceFails) => {
            let failure = vec![(55, Step::FailResource(Resource::LoadBalancer))];
            [stuck(3), provisioning(55), failure].concat()
        }
        (Start::FromRevision, Outcome::ManagedResourceFails) => {
            let failure = vec![(20, Step::FailResource(Resource::Rule))];
            [stuck(2), failure].concat()
        }
        (Start::FromRevision, Outcome::RollBackBeforeShown) => vec![
            (20, Step::RollBack(Trigger::CircuitBreaker)),
            (22, Step::FinishRollback),
        ],
        (Start::FromNothing, Outcome::RollBackBeforeShown) | (_, Outcome::StopBeforeShown) => {
            vec![(20, Step::Reject)]
        }
        (_, Outcome::Vanish) => vec![(20, Step::Vanish)],
        (Start::FromRevision, Outcome::Succeed) => canary(bake),
        (Start::FromRevision, Outcome::NeverComesUp) => stuck(2),
        (Start::FromRevision, Outcome::RollBackByCircuitBreaker) => broken(Step::FinishRollback),
        (Start::FromRevision, Outcome::RollbackFails) => broken(Step::FailRollback),
        (Start::FromRevision, Outcome::RollBackByAlarm) => alarmed(bake),
    }
}

/// The steps of a first deployment, which takes two minutes, that come after this many seconds.
fn first(after: u64) -> Vec<(u64, Step)> {
    let mut steps = vec![
        (3, Step::Appear),
        (6, Step::ShowEndpoint),
        (8, Step::Begin),
        (8, Step::Enter(Stage::ReconcileService)),
        (10, Step::Enter(Stage::PreScaleUp)),
        (15, Step::Enter(Stage::ScaleUp)),
        (15, Step::StartTasks),
        (75, Step::RunTasks),
        (75, Step::Enter(Stage::PostScaleUp)),
        (80, Step::Enter(Stage::ProductionTrafficShift)),
        (80, Step::Shift(100)),
        (90, Step::Enter(Stage::PostProductionTrafficShift)),
        (95, Step::Enter(Stage::BakeTime)),
        (110, Step::Enter(Stage::CleanUp)),
        (120, Step::Succeed),
    ];
    steps.extend(provisioning(u64::MAX));
    steps.retain(|(at, _)| *at > after);
    steps.sort_by_key(|(at, _)| *at);
    steps
}

/// The managed resources that become active before this second.
fn provisioning(before: u64) -> Vec<(u64, Step)> {
    let due = PROVISIONING.into_iter().filter(|(at, _)| *at < before);
    due.map(|(at, resource)| (at, Step::Provision(resource)))
        .collect()
}

/// Returns the remaining steps of a first deployment whose provisioning was denied and now resumes.
pub(crate) fn resumed() -> Vec<(u64, Step)> {
    let asked = 15;
    let rest = first(asked).into_iter();
    rest.map(|(at, step)| (at - asked, step)).collect()
}

/// The steps with which every deployment starts, up to the start of its tasks.
fn beginning(appear: u64) -> Vec<(u64, Step)> {
    vec![
        (appear, Step::Appear),
        (appear + 3, Step::ShowEndpoint),
        (appear + 3, Step::Begin),
        (appear + 3, Step::Enter(Stage::ReconcileService)),
        (appear + 8, Step::Enter(Stage::PreScaleUp)),
        (appear + 13, Step::Enter(Stage::ScaleUp)),
        (appear + 13, Step::StartTasks),
    ]
}

/// A deployment whose tasks are started but never run.
fn stuck(appear: u64) -> Vec<(u64, Step)> {
    beginning(appear)
}

/// The start of a canary deployment: running tasks after 75 seconds, then the traffic of the canary.
fn canary_begins() -> Vec<(u64, Step)> {
    let mut steps = beginning(2);
    steps.extend([
        (75, Step::RunTasks),
        (75, Step::Enter(Stage::PostScaleUp)),
        (80, Step::Enter(Stage::ProductionTrafficShift)),
        (80, Step::Shift(5)),
        (85, Step::Enter(Stage::BakeTime)),
    ]);
    steps
}

/// A canary deployment: 5 % of the traffic, bake, 100 %, bake, clean-up. It takes about eight and a
/// half minutes with bakes of three minutes.
fn canary(bake: u64) -> Vec<(u64, Step)> {
    let shift = 85 + bake;
    let clean_up = shift + 10 + bake;
    let mut steps = canary_begins();
    steps.extend([
        (shift, Step::Enter(Stage::ProductionTrafficShift)),
        (shift, Step::Shift(100)),
        (shift + 5, Step::Enter(Stage::PostProductionTrafficShift)),
        (shift + 10, Step::Enter(Stage::BakeTime)),
        (clean_up, Step::Enter(Stage::CleanUp)),
        (clean_up + 60, Step::Succeed),
    ]);
    steps
}

fn failing_tasks() -> Vec<(u64, Step)> {
    vec![
        (60, Step::FailTask),
        (90, Step::FailTask),
        (120, Step::FailTask),
    ]
}

fn broken(end: Step) -> Vec<(u64, Step)> {
    let mut steps = beginning(2);
    steps.extend(failing_tasks());
    steps.extend([(125, Step::RollBack(Trigger::CircuitBreaker)), (185, end)]);
    steps
}

fn alarmed(bake: u64) -> Vec<(u64, Step)> {
    let alarm = 85 + bake.div_ceil(2);
    let mut steps = canary_begins();
    steps.extend([
        (alarm, Step::RollBack(Trigger::Alarm)),
        (alarm + 60, Step::FinishRollback),
    ]);
    steps
}
