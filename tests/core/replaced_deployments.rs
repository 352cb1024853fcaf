//! A deployment that another client's deployment replaced before it ended.

use ecs_express_operator::{
    api::{operator_state::RolledBack, status::DeploymentStatus},
    core::{
        decide::reason::Reason,
        observed::service::{Observed, Read, Revision, Service},
        record::intent::state_before_call,
    },
};

use crate::fixtures::*;

const THEIRS: &str = "arn:aws:ecs:eu-west-1:123456789012:service-revision/default/team-a_shop/2";

/// An object whose deployment was stopped, and was recorded as rolled back; the service runs its revision.
fn given(deployments: Vec<DeploymentStatus>, change: fn(&mut Service)) -> OwnedInput {
    let wanted = desired(&[]);
    let mut running = service(&wanted);
    running.deployments = Read::Got(deployments);
    change(&mut running);
    let mut state = applied_state(&wanted);
    state.rolled_back = Some(RolledBack {
        rollout_hash: wanted.configuration.rollout_hash(),
        revision: Some(REVISION.into()),
        status: Some("STOPPED".into()),
        reason: None,
    });
    OwnedInput::of(wanted, Observed::Present(Box::new(running)), Some(state))
}

fn replaced_by(status: &str) -> Vec<DeploymentStatus> {
    vec![deployment(THEIRS, status), deployment(REVISION, "STOPPED")]
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
        let older = Revision {
            arn: format!("{REVISION}0"),
            created_at: Some(at(5)),
            ..service.revisions[0].clone()
        };
        service.revisions.push(older);
    };
    let decision = given(replaced_by("ROLLBACK_SUCCESSFUL"), two_revisions).decide();
    assert_eq!(decision.reason, Reason::RolledBack);
}
