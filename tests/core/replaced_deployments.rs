//! A deployment that another client's deployment replaced before it ended.

use std::time::Duration;

use ecs_express_operator::{
    api::{
        ExpressServiceStatus,
        operator_state::{OperatorState, RolledBack},
        status::DeploymentStatus,
    },
    core::{
        decide::{
            decide,
            input::{Fence, Input},
            reads::{Resources, plan},
            reason::Reason,
        },
        desired::object::Desired,
        observed::{
            failure::{Effect, FailureKind},
            history::{ObservationHistory, ObservedAt},
            service::{Observed, Read, Revision, Service},
        },
        record::{call::record_call, call_result::CallResult, intent::state_before_call},
        report::{reconciled::Reconciled, status::project},
    },
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::fixtures::*;

const THEIRS: &str = "arn:aws:ecs:eu-west-1:123456789012:service-revision/default/team-a_shop/2";

/// An object whose deployment was stopped, and was recorded as rolled back; the service runs its revision.
fn given(deployments: Vec<DeploymentStatus>, change: fn(&mut Service)) -> OwnedInput {
    let wanted = desired(&[]);
    let mut running = service(&wanted);
    running.deployments = Read::Got(deployments);
    change(&mut running);
    let state = rolled_back_state(&wanted);
    OwnedInput::of(wanted, Observed::Present(Box::new(running)), Some(state))
}

fn rolled_back_state(wanted: &Desired) -> OperatorState {
    OperatorState {
        rolled_back: Some(RolledBack {
            rollout_hash: wanted.configuration.rollout_hash(),
            revision: Some(REVISION.into()),
            status: Some("STOPPED".into()),
            reason: None,
        }),
        ..applied_state(wanted)
    }
}

/// The object's deployment, which was stopped, and a later one of another client.
fn replaced_by(status: &str) -> Vec<DeploymentStatus> {
    let theirs = DeploymentStatus {
        started_at: Some(Time(at(20))),
        ..deployment(THEIRS, status)
    };
    vec![theirs, deployment(REVISION, "STOPPED")]
}

fn older_revision(service: &Service) -> Revision {
    Revision {
        arn: format!("{REVISION}0"),
        created_at: Some(at(5)),
        ..service.revisions[0].clone()
    }
}

#[test]
fn a_service_to_whose_revision_ecs_rolled_another_deployment_back_is_available() {
    let given = given(replaced_by("ROLLBACK_SUCCESSFUL"), |_| ());
    let decision = given.decide();
    assert_eq!(decision.reason, Reason::Available);
    let state = state_before_call(&given.input(), &decision, None, at(60));
    assert_eq!(state.rolled_back, None);
}

#[test]
fn a_service_whose_state_after_the_other_deployment_is_open_is_not_available() {
    for status in ["ROLLBACK_FAILED", "STOPPED"] {
        let decision = given(replaced_by(status), |_| ())
            .observed_for(120)
            .decide();
        assert_eq!(decision.reason, Reason::RolledBack, "{status}");
    }
    let two_revisions = |service: &mut Service| {
        let older = older_revision(service);
        service.revisions.push(older);
    };
    let decision = given(replaced_by("ROLLBACK_SUCCESSFUL"), two_revisions).decide();
    assert_eq!(decision.reason, Reason::RolledBack);
}

/// An object that is reconciled as the controller does it: only what [`plan`] asks for is read.
struct ReconciledObject {
    desired: Desired,
    status: ExpressServiceStatus,
    history: ObservationHistory,
    uptime: Duration,
    /// How often the deployments were read.
    reads: usize,
}

impl ReconciledObject {
    /// An object with this operator state, whose status shows this deployment.
    fn of(state: OperatorState, shown: DeploymentStatus) -> Self {
        let desired = desired(&[]);
        Self {
            status: ExpressServiceStatus {
                operator_state: Some(state),
                deployment: Some(shown),
                managed_resources: service(&desired).managed_resources.got().cloned(),
                ..ExpressServiceStatus::default()
            },
            desired,
            history: ObservationHistory::default(),
            uptime: Duration::ZERO,
            reads: 0,
        }
    }

    /// Reconciles the object with a service whose deployments ECS lists as it shows them, and returns the reason.
    fn reconcile(&mut self, mut service: Service) -> Reason {
        let reads = plan(&self.desired, &service, &self.status, Resources::Fresh);
        if reads.deployments {
            self.reads += 1;
        } else {
            service.deployments = Read::Skipped;
        }
        self.uptime += WINDOWS.settle;
        let observed = Observed::Present(Box::new(service));
        let state = self.status.trusted_state().cloned();
        let intent = state.as_ref().and_then(|state| state.intent.as_ref());
        self.history
            .record(&observed, intent, ObservedAt::at(self.uptime));
        let input = Input {
            desired: &self.desired,
            observed: &observed,
            state: state.as_ref(),
            deployment: self.status.deployment.as_ref(),
            managed_resources: &[],
            history: &self.history,
            windows: &WINDOWS,
            fence: Fence::Needed,
            now: at(10 * 24 * 3600),
        };
        let decision = decide(&input);
        let state = record_call(&input, &decision, None, &CallResult::Idle, at(60));
        let reconciled = Reconciled {
            input: &input,
            decision: &decision,
            result: &CallResult::Idle,
        };
        self.status = project(&self.status, reconciled, state, at(60));
        decision.reason
    }

    fn rolled_back(&self) -> Option<&RolledBack> {
        self.status.operator_state.as_ref()?.rolled_back.as_ref()
    }
}

/// The service, which runs the object's revision alone.
fn running(deployments: Read<Vec<DeploymentStatus>>) -> Service {
    Service {
        deployments,
        ..service(&desired(&[]))
    }
}

fn recorded_as_rolled_back() -> ReconciledObject {
    let state = rolled_back_state(&desired(&[]));
    ReconciledObject::of(state, deployment(REVISION, "STOPPED"))
}

fn not_listed() -> Read<Vec<DeploymentStatus>> {
    Read::Failed(failure(FailureKind::Unavailable, Effect::Unknown))
}

#[test]
fn a_recorded_stop_is_undone_once_ecs_has_rolled_another_deployment_back_to_its_revision() {
    let mut object = recorded_as_rolled_back();
    let stopped = || running(Read::Got(vec![deployment(REVISION, "STOPPED")]));
    assert_eq!(object.reconcile(stopped()), Reason::RolledBack);
    let rolled_back = || running(Read::Got(replaced_by("ROLLBACK_SUCCESSFUL")));
    assert_eq!(object.reconcile(rolled_back()), Reason::Available);
    assert_eq!(object.rolled_back(), None);
}

#[test]
fn a_stop_that_is_recorded_while_ecs_still_shows_the_former_revision_is_undone_afterwards() {
    type Change = fn(&mut Service);
    let changes: [Change; 2] = [
        |service| {
            let older = older_revision(service);
            service.revisions.push(older);
        },
        |service| service.current_deployment = Some("theirs".into()),
    ];
    for change in changes {
        let state = applied_state(&desired(&[]));
        let mut object = ReconciledObject::of(state, in_progress(REVISION, "SCALE_UP"));
        let rolled_back = || running(Read::Got(replaced_by("ROLLBACK_SUCCESSFUL")));
        let mut changed = rolled_back();
        change(&mut changed);
        assert_ne!(object.reconcile(changed), Reason::Available);
        assert_eq!(object.reconcile(rolled_back()), Reason::Available);
        assert_eq!(object.rolled_back(), None);
    }
}

#[test]
fn a_recorded_stop_stays_while_the_deployments_cannot_be_read() {
    let mut object = recorded_as_rolled_back();
    for _ in 0..3 {
        assert_eq!(object.reconcile(running(not_listed())), Reason::RolledBack);
        assert!(object.rolled_back().is_some());
    }
    type Change = fn(&mut Service);
    let unknown: [Change; 2] = [
        |service| service.current_deployment = Some("theirs".into()),
        |service| service.revisions[0].arn = THEIRS.into(),
    ];
    for change in unknown {
        let mut service = running(not_listed());
        change(&mut service);
        let mut object = recorded_as_rolled_back();
        let reason = object.reconcile(service);
        assert!(matches!(reason, Reason::Unreadable(_)), "{reason:?}");
        assert!(object.rolled_back().is_some());
    }
}

#[test]
fn a_service_to_whose_revision_ecs_rolled_another_deployment_back_comes_to_rest() {
    let state = applied_state(&desired(&[]));
    let mut object = ReconciledObject::of(state, in_progress(REVISION, "SCALE_UP"));
    let rolled_back = || running(Read::Got(replaced_by("ROLLBACK_SUCCESSFUL")));
    assert_eq!(object.reconcile(rolled_back()), Reason::Available);
    let (status, reads) = (object.status.clone(), object.reads);
    for service in [rolled_back(), running(not_listed())] {
        assert_eq!(object.reconcile(service), Reason::Available);
        assert_eq!(object.status, status);
    }
    assert_eq!(object.reads, reads, "reads while idle");
}

/// The status still shows the end of a deployment that is older than the revision, whose own one ECS does not list yet.
#[test]
fn a_rollback_before_the_revision_was_created_says_nothing_about_it() {
    let theirs = DeploymentStatus {
        started_at: Some(Time(at(9))),
        ..deployment(THEIRS, "ROLLBACK_SUCCESSFUL")
    };
    let mut object = ReconciledObject::of(applied_state(&desired(&[])), theirs.clone());
    for _ in 0..2 {
        let mut service = running(Read::Got(vec![theirs.clone()]));
        service.counts = Read::Skipped;
        let reason = object.reconcile(service);
        assert_ne!(reason, Reason::Available);
    }
    assert_eq!(object.reads, 2);
}
