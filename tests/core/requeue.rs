//! When an object is requeued.

use std::time::Duration;

use ecs_express_operator::{
    api::ExpressServiceStatus,
    core::{
        decide::{
            action::Action,
            decision::Decision,
            reads::{Resources, plan, plan_with_counts},
            reason::Reason,
        },
        observed::{
            failure::{Effect, FailureKind},
            service::TaskCounts,
        },
        record::call_result::CallResult,
        report::requeue::{Intervals, Pacing, requeue_after},
    },
};

use crate::fixtures::{REVISION, WINDOWS, applied_state, deployment, desired, failure, service};

fn delay(reason: Reason, objects: usize) -> Duration {
    let decision = Decision {
        action: Action::Nothing,
        reason,
        assessment: None,
    };
    let intervals = Intervals::default();
    let pacing = Pacing {
        attempts: 0,
        intervals: &intervals,
        windows: &WINDOWS,
        objects,
        random: 0.5,
    };
    requeue_after(&decision, &CallResult::Idle, &pacing)
}

#[test]
fn few_objects_are_requeued_at_the_intervals_and_many_at_five_a_second() {
    let seconds = Duration::from_secs;
    assert_eq!(delay(Reason::Available, 1), seconds(300));
    assert_eq!(delay(Reason::Available, 1_500), seconds(300));
    assert_eq!(delay(Reason::Available, 10_000), seconds(2_000));
    assert_eq!(delay(Reason::RolledBack, 10_000), seconds(2_000));
    assert_eq!(delay(Reason::Deploying, 1), seconds(10));
    assert_eq!(delay(Reason::Deploying, 50), seconds(10));
    assert_eq!(delay(Reason::Deploying, 500), seconds(100));
    assert_eq!(
        delay(Reason::Deploying, 10_000),
        seconds(120),
        "people wait for it"
    );
}

#[test]
fn confirming_an_absence_waits_for_its_window_however_many_objects_there_are() {
    let alone = delay(Reason::WaitingForAbsence, 1);
    assert!(alone >= WINDOWS.absence_gap);
    assert_eq!(delay(Reason::WaitingForAbsence, 10_000), alone);
}

#[test]
fn one_failing_object_is_retried_soon_and_ten_thousand_are_spread_out() {
    let throttled = failure(FailureKind::Throttled, Effect::None);
    let after = |attempts: u32, objects: usize| {
        let decision = Decision {
            action: Action::Nothing,
            reason: Reason::Unreadable(throttled.clone()),
            assessment: None,
        };
        let intervals = Intervals::default();
        let pacing = Pacing {
            attempts,
            intervals: &intervals,
            windows: &WINDOWS,
            objects,
            random: 0.5,
        };
        requeue_after(&decision, &CallResult::Idle, &pacing)
    };
    assert_eq!(after(1, 10_000), Duration::from_secs(1));
    assert_eq!(after(5, 1), Duration::from_secs(16));
    assert_eq!(after(5, 10_000), Duration::from_secs(2_000));
}

#[test]
fn managed_resources_are_read_when_they_are_due_and_when_tasks_are_missing() {
    let wanted = desired(&[]);
    let service = service(&wanted);
    let status = ExpressServiceStatus {
        deployment: Some(deployment(REVISION, "SUCCESSFUL")),
        managed_resources: service.managed_resources.got().cloned(),
        memory: Some(applied_state(&wanted)),
        ..ExpressServiceStatus::default()
    };
    let reads = |resources, running| {
        let counts = TaskCounts {
            desired: 2,
            running,
            pending: 0,
        };
        let reads = plan(&wanted, &service, &status, resources);
        assert!(reads.counts && !reads.deployments, "idle");
        plan_with_counts(reads, &service, &counts).managed_resources
    };
    assert!(!reads(Resources::Fresh, 2));
    assert!(reads(Resources::Stale, 2));
    assert!(reads(Resources::Fresh, 1));
    assert!(!reads(Resources::Fresh, 3), "scaling in is no trouble");
}

/// The delay after the n-th failure in a row of this kind, for one object.
fn after_failure(kind: FailureKind, attempts: u32, random: f64) -> Duration {
    let decision = Decision {
        action: Action::Nothing,
        reason: Reason::Unreadable(failure(kind, Effect::None)),
        assessment: None,
    };
    let intervals = Intervals::default();
    let pacing = Pacing {
        attempts,
        intervals: &intervals,
        windows: &WINDOWS,
        objects: 1,
        random,
    };
    requeue_after(&decision, &CallResult::Idle, &pacing)
}

#[test]
fn each_backoff_grows_to_its_cap_and_no_further() {
    let seconds = Duration::from_secs;
    for (kind, first, second, longest) in [
        (FailureKind::Throttled, 1, 2, 300),
        (FailureKind::Unavailable, 1, 2, 300),
        (FailureKind::AccessDenied, 10, 20, 300),
        (FailureKind::ClusterNotFound, 10, 20, 300),
        (FailureKind::InvalidParameter, 600, 600, 600),
    ] {
        let after = |attempts| after_failure(kind, attempts, 0.5);
        assert_eq!(after(1), seconds(first), "{kind:?}");
        assert_eq!(after(2), seconds(second), "{kind:?}");
        let mut before = Duration::ZERO;
        for attempts in 1..100 {
            assert!(after(attempts) >= before, "{kind:?} {attempts}");
            before = after(attempts);
        }
        assert_eq!(before, seconds(longest), "{kind:?}");
        assert_eq!(after(u32::MAX), seconds(longest), "{kind:?}");
    }
}

#[test]
fn each_delay_is_drawn_from_a_tenth_around_it_and_a_window_is_never_cut_short() {
    let drawn = |reason: &Reason, random| {
        let decision = Decision {
            action: Action::Nothing,
            reason: reason.clone(),
            assessment: None,
        };
        let intervals = Intervals::default();
        let pacing = Pacing {
            attempts: 0,
            intervals: &intervals,
            windows: &WINDOWS,
            objects: 1,
            random,
        };
        requeue_after(&decision, &CallResult::Idle, &pacing).as_secs_f64()
    };
    let close = |one: f64, two: f64| (one - two).abs() < 1e-6;
    for (reason, delay) in [(Reason::Available, 300.0), (Reason::Deploying, 10.0)] {
        assert!(close(drawn(&reason, 0.0), delay * 0.9), "{reason:?}");
        assert!(close(drawn(&reason, 1.0), delay * 1.1), "{reason:?}");
        // A clock that gives nonsense does not make it worse.
        assert!(close(drawn(&reason, -5.0), delay * 0.9), "{reason:?}");
        assert!(close(drawn(&reason, 5.0), delay * 1.1), "{reason:?}");
    }
    for kind in [
        FailureKind::Throttled,
        FailureKind::AccessDenied,
        FailureKind::InvalidParameter,
    ] {
        let middle = after_failure(kind, 1, 0.5).as_secs_f64();
        let (least, most) = (after_failure(kind, 1, 0.0), after_failure(kind, 1, 1.0));
        assert!(close(least.as_secs_f64(), middle * 0.9), "{kind:?}");
        assert!(close(most.as_secs_f64(), middle * 1.1), "{kind:?}");
    }
    for reason in [Reason::WaitingForAbsence, Reason::WaitingForOwner] {
        for random in [0.0, 0.5, 1.0] {
            let delay = drawn(&reason, random);
            assert!(
                delay >= WINDOWS.absence_gap.as_secs_f64(),
                "{reason:?} {delay}"
            );
            assert!(
                delay <= 1.5 * WINDOWS.absence_gap.as_secs_f64(),
                "{reason:?} {delay}"
            );
        }
    }
}
