//! A service whose deployment ECS no longer lists: it counts as rolled out only while it is steady.

use ecs_express_operator::core::{
    decide::reason::Reason,
    observed::{
        failure::{Effect, FailureKind},
        service::{Observed, Read, Revision, Service, TaskCounts},
    },
};

use crate::fixtures::*;

/// The reason of the decision about a service that runs the spec and whose deployment is forgotten.
fn reason(change: fn(&mut Service)) -> Reason {
    let wanted = desired(&[]);
    let mut forgotten = service(&wanted);
    forgotten.deployments = Read::Got(Vec::new());
    forgotten.revisions[0].configuration.scaling.min_task_count = Some(2);
    forgotten.counts = Read::Got(counts(2, 0));
    change(&mut forgotten);
    let observed = Observed::Present(Box::new(forgotten));
    OwnedInput::of(wanted.clone(), observed, Some(applied_state(&wanted)))
        .decide()
        .reason
}

fn counts(running: i32, pending: i32) -> TaskCounts {
    TaskCounts {
        desired: 2,
        running,
        pending,
    }
}

#[test]
fn a_steady_service_is_available() {
    assert_eq!(reason(|_| ()), Reason::Available);
    assert_eq!(
        reason(|service| service.counts = Read::Got(counts(5, 0))),
        Reason::Available,
        "more tasks than the minimum"
    );
}

#[test]
fn a_service_that_is_not_steady_is_still_deploying() {
    type Case = (&'static str, fn(&mut Service));
    let cases: [Case; 8] = [
        ("too few tasks", |service| {
            service.counts = Read::Got(counts(1, 0));
        }),
        ("no task", |service| {
            service.counts = Read::Got(counts(0, 0));
        }),
        ("a task that starts", |service| {
            service.counts = Read::Got(counts(2, 1));
        }),
        ("tasks not counted", |service| {
            service.counts = Read::Skipped;
        }),
        ("tasks not countable", |service| {
            let denied = failure(FailureKind::AccessDenied, Effect::None);
            service.counts = Read::Failed(denied);
        }),
        ("a deployment that runs", |service| {
            service.current_deployment = Some("arn".into());
        }),
        ("two revisions", |service| {
            let older = Revision {
                arn: "older".into(),
                created_at: Some(at(5)),
                ..service.revisions[0].clone()
            };
            service.revisions.push(older);
        }),
        ("a young revision", |service| {
            service.revisions[0].created_at = Some(at(10 * 24 * 3600 - 24 * 3600 + 1));
        }),
    ];
    for (name, change) in cases {
        let reason = reason(change);
        // Which of the two depends on how long it has taken.
        let waits = ["Deploying", "ProgressDeadlineExceeded"].contains(&reason.as_str());
        assert!(waits, "{name}: {reason:?}");
    }
}
