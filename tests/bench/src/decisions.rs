//! The time that the pure core takes, on one CPU core.

use std::{hint::black_box, time::Duration};

use ecs_express_operator::{
    api::ExpressServiceStatus,
    core::{
        decide::{action::Action, decide},
        desired::object::Desired,
        observed::service::Observed,
        record::{call::record_call, call_result::CallResult},
        report::{reconciled::Reconciled, status::project, status_change::is_status_change},
    },
};
use serde_json::json;

use crate::{
    fixtures::{OwnedInput, applied_state, at, desired, object, operator, service},
    machine,
    table::{Row, Table},
};

const LONG: Duration = Duration::from_secs(2);

/// Measures a service that runs as the spec says.
pub fn measure(table: &mut Table) {
    let object = object(&json!({}));
    let wanted = desired(&[]);
    let state = Some(applied_state(&wanted));
    let observed = Observed::Present(Box::new(service(&wanted)));
    let given = OwnedInput::of(wanted, observed, state);
    let input = given.input();
    assert_eq!(decide(&input).action, Action::Nothing, "a no-op");
    let decisions = per_second(|| {
        black_box(decide(black_box(&input)));
    });
    table.add(Row::at_least(
        "no-op decisions on one core",
        decisions,
        100_000.0,
        "/s",
    ));

    let now = at(60);
    let status = |before: &ExpressServiceStatus| {
        let desired = Desired::parse(&object, &operator());
        let input = given.input();
        let decision = decide(&input);
        let state = record_call(&input, &decision, None, &CallResult::Idle, now);
        black_box(desired);
        let reconciled = Reconciled {
            input: &input,
            decision: &decision,
            result: &CallResult::Idle,
        };
        project(before, reconciled, state, now)
    };
    let before = status(&ExpressServiceStatus::default());
    let reconciles = per_second(|| {
        let after = status(black_box(&before));
        assert!(!is_status_change(&before, &after, Duration::MAX));
    });
    table.add(Row::plain(
        "no-op reconciles without IO on one core",
        format!("{reconciles:.0} /s"),
    ));
}

fn per_second(mut work: impl FnMut()) -> f64 {
    for _ in 0..1000 {
        work();
    }
    let started = machine::thread_cpu();
    let mut done = 0_u32;
    while machine::thread_cpu() - started < LONG {
        for _ in 0..100 {
            work();
        }
        done += 100;
    }
    f64::from(done) / (machine::thread_cpu() - started).as_secs_f64()
}
