//! Histories: a few scenarios in which defects that were mended once would show. Each has the acts and faults that such
//! a defect needs, which random scenarios seldom bring together.

use std::time::Duration;

use ecs_express_emulator::Outcome;
use serde_json::{Value, json};

use super::{
    Scenario,
    act::{Act, Expected, Step},
    fault::{Fault, FaultKind, Moment, Refusal, Site},
    key,
    lifecycles::spec,
    service,
};
use crate::checkers::{CREATE, UPDATE};

/// All histories, each with its name.
pub fn all() -> Vec<(&'static str, Scenario)> {
    vec![
        (
            "an edit under Report after the status was lost",
            edit_after_lost_status(),
        ),
        (
            "an edit while a lost update is being deployed",
            edit_after_lost_update(),
        ),
        ("a second create is refused for long", refused_recreate()),
        ("an update waits in a queue for long", queued_update()),
        (
            "an edit behind a queued update is refused and taken back",
            refused_edit_behind_queued_update(),
        ),
        (
            "a create of an object whose spec was invalid at first is interrupted",
            interrupted_create_after_invalid_spec(),
        ),
        (
            "a retry is rolled back like what it retries",
            rolled_back_retry(),
        ),
        ("what users ask for is done at once", prompt()),
        ("an edit while the operator is down", edit_while_down()),
        (
            "two objects hang, and many others do not",
            hanging_objects(),
        ),
        ("ECS cannot be read for hours", failing_reads()),
        (
            "another controller holds a deleted object",
            foreign_finalizer(),
        ),
        ("an adoption is confirmed", confirmed_adoption()),
        (
            "the clock jumps while an absence is being confirmed",
            clock_jump(),
        ),
        (
            "the API server accepts no status for a while",
            refused_status(),
        ),
        (
            "an object is deleted while DescribeServices lags behind",
            deletion_before_the_counts(),
        ),
        (
            "two operators re-create a service after many refusals",
            two_operators_recreate(),
        ),
    ]
}

fn history(emulator: Value, steps: Vec<Step>, faults: Vec<Fault>) -> Scenario {
    Scenario {
        seed: 0,
        emulator,
        operators: 1,
        objects: vec![key(0)],
        steps,
        faults,
    }
}

fn apply(spec: Value) -> Act {
    Act::Apply { object: 0, spec }
}

/// By now ECS has this image.
fn expect(image: &str) -> Act {
    Act::Expect {
        object: 0,
        expected: Expected::Image(image.into()),
    }
}

fn fault(on: &'static str, after: u32, times: u32, kind: FaultKind) -> Fault {
    Fault {
        on: Site::Named(on),
        after,
        times,
        kind,
    }
}

fn edit_after_lost_status() -> Scenario {
    let reporting = |image: &str| {
        let mut spec = spec(image);
        spec["driftPolicy"] = json!("Report");
        spec
    };
    let drift =
        json!({"service": service(0), "update": {"primaryContainer": {"image": "others:1"}}});
    let steps = vec![
        Step::at(1, apply(reporting("shop:1"))),
        Step::at(200, Act::Aws(drift)),
        Step::at(600, Act::LoseStatus { object: 0 }),
        Step::at(1000, apply(reporting("shop:2"))),
        Step::at(1400, expect("shop:2")),
    ];
    history(json!({}), steps, Vec::new())
}

fn edit_after_lost_update() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(1500, apply(spec("shop:2"))),
        // Before the operator observes the effect of the update.
        Step {
            at: Duration::from_millis(1_500_600),
            act: apply(spec("shop:3")),
        },
        Step::at(1700, expect("shop:3")),
    ];
    let lost = fault(UPDATE, 0, 1, FaultKind::AnswerLost);
    history(json!({"bakeSeconds": 400}), steps, vec![lost])
}

fn refused_recreate() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(
            200,
            Act::Aws(json!({"service": service(0), "delete": true})),
        ),
        Step::disturbed_until(3000),
    ];
    let refusal = Refusal::Aws(
        Some("AccessDeniedException"),
        "User is not authorized to perform this action",
        400,
    );
    let refused = fault(CREATE, 1, 1000, FaultKind::Refused(refusal));
    history(json!({}), steps, vec![refused])
}

fn queued_update() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(1500, apply(spec("shop:2"))),
        Step::at(1560, apply(spec("shop:3"))),
        Step::disturbed_until(2400),
    ];
    let queue = json!({"bakeSeconds": 400, "updateInDeployment": "Queue"});
    history(queue, steps, Vec::new())
}

fn refused_edit_behind_queued_update() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(1500, apply(spec("shop:2"))),
        Step::at(1560, apply(spec("shop:3"))),
        Step::at(1620, apply(spec("shop:4"))),
        Step::at(1740, apply(spec("shop:3"))),
        Step::disturbed_until(2400),
    ];
    let refusal = Refusal::Aws(
        Some("InvalidParameterException"),
        "A parameter is invalid",
        400,
    );
    let refused = fault(UPDATE, 2, 1, FaultKind::Refused(refusal));
    let queue = json!({"bakeSeconds": 400, "updateInDeployment": "Queue"});
    history(queue, steps, vec![refused])
}

fn interrupted_create_after_invalid_spec() -> Scenario {
    let mut invalid = spec("shop:1");
    invalid["cluster"] = json!("arn:aws:ecs:us-west-2:123456789012:cluster/default");
    let steps = vec![
        Step::at(1, apply(invalid)),
        Step::at(60, apply(spec("shop:1"))),
        Step::disturbed_until(400),
    ];
    let down = Duration::from_secs(2);
    let crash = fault(CREATE, 0, 1, FaultKind::Crash(Moment::AfterEffect, down));
    history(json!({"createVisibleSeconds": 30}), steps, vec![crash])
}

fn rolled_back_retry() -> Scenario {
    let fails = || Act::Outcome {
        service: service(0),
        outcome: Outcome::RollBackByAlarm,
    };
    let retry = Act::Annotate {
        object: 0,
        key: "ecs-express.dev/retry",
        value: "1".into(),
    };
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(1500, fails()),
        Step::at(1501, apply(spec("shop:2"))),
        Step::at(2500, fails()),
        Step::at(2501, retry),
        Step::at(3300, fails()),
        Step::disturbed_until(4500),
    ];
    history(json!({"bakeSeconds": 100}), steps, Vec::new())
}

/// An edit and a deletion, each of an idle object.
fn prompt() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(1000, apply(spec("shop:2"))),
        Step::at(1005, expect("shop:2")),
        Step::at(2000, Act::Delete { object: 0 }),
        Step::at(
            2005,
            Act::Expect {
                object: 0,
                expected: Expected::Deleted,
            },
        ),
    ];
    history(json!({}), steps, Vec::new())
}

/// The first action comes soon after the start.
fn edit_while_down() -> Scenario {
    let down = Duration::from_secs(100);
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(1000, Act::Restart { operator: 0, down }),
        Step::at(1050, apply(spec("shop:2"))),
        Step::at(1105, expect("shop:2")),
    ];
    history(json!({}), steps, Vec::new())
}

/// More objects than are reconciled at once, and calls for some of them that nobody answers.
fn hanging_objects() -> Scenario {
    let objects = 12;
    let mut steps: Vec<_> = (0..objects)
        .map(|object| {
            let spec = spec("shop:1");
            let at = if object < 2 { 1 } else { 2 };
            Step::at(at, Act::Apply { object, spec })
        })
        .collect();
    let in_time = |object| Act::Expect {
        object,
        expected: Expected::Image("shop:1".into()),
    };
    // The first two objects are read first.
    steps.extend((2..objects).map(|object| Step::at(15, in_time(object))));
    let hang = fault(
        "DescribeExpressGatewayService",
        0,
        2,
        FaultKind::NoAnswer(None),
    );
    Scenario {
        objects: (0..objects).map(key).collect(),
        ..history(json!({}), steps, vec![hang])
    }
}

fn failing_reads() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(
            15_000,
            Act::Expect {
                object: 0,
                expected: Expected::NotReady,
            },
        ),
        Step::disturbed_until(20_000),
    ];
    let refusal = Refusal::Aws(Some("ServerException"), "", 500);
    let failing = fault(
        "DescribeExpressGatewayService",
        20,
        1000,
        FaultKind::Refused(refusal),
    );
    history(json!({}), steps, vec![failing])
}

fn foreign_finalizer() -> Scenario {
    let finalizer = |present| Act::Finalizer { object: 0, present };
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(200, finalizer(true)),
        Step::at(300, Act::Delete { object: 0 }),
        Step::at(900, finalizer(false)),
    ];
    history(json!({}), steps, Vec::new())
}

fn confirmed_adoption() -> Scenario {
    let mut existing = spec("others:1");
    existing["serviceName"] = json!(service(0));
    let mut adopting = spec("shop:1");
    adopting["adoptionPolicy"] = json!("Adopt");
    let create = Act::Call {
        action: CREATE,
        body: existing,
    };
    let steps = vec![
        Step::at(0, create),
        Step::at(500, apply(adopting)),
        Step::at(1000, Act::ConfirmAdoption { object: 0 }),
        // The tags come first, then the configuration.
        Step::at(1040, expect("shop:1")),
    ];
    history(json!({}), steps, Vec::new())
}

fn clock_jump() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(
            40,
            Act::Clock {
                operator: 0,
                seconds: 86_400,
            },
        ),
        Step::disturbed_until(400),
    ];
    let lost = fault(CREATE, 0, 1, FaultKind::RequestLost);
    history(json!({}), steps, vec![lost])
}

fn refused_status() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(500, apply(spec("shop:2"))),
        Step::disturbed_until(800),
    ];
    let refusal = FaultKind::Refused(Refusal::ServerError);
    let refused = fault("patch status", 4, 10_000, refusal);
    history(json!({}), steps, vec![refused])
}

fn deletion_before_the_counts() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(10, Act::Delete { object: 0 }),
        Step::disturbed_until(400),
    ];
    let lag = json!({"readLagSeconds": {"DescribeServices": 120}});
    history(lag, steps, Vec::new())
}

fn two_operators_recreate() -> Scenario {
    let steps = vec![
        Step::at(1, apply(spec("shop:1"))),
        Step::at(
            200,
            Act::Aws(json!({"service": service(0), "delete": true})),
        ),
        Step::disturbed_until(3000),
    ];
    let refusal = Refusal::Aws(
        Some("AccessDeniedException"),
        "User is not authorized to perform this action",
        400,
    );
    let faults = vec![
        fault(CREATE, 1, 10, FaultKind::Refused(refusal)),
        fault(CREATE, 1, 1, FaultKind::RequestLost),
    ];
    Scenario {
        operators: 2,
        ..history(json!({}), steps, faults)
    }
}
