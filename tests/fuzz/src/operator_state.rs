//! Any stored status, with its operator state, against each kind of observation: decide, record, project, report.

use std::time::Duration;

use ecs_express_operator::{
    api::{ExpressService, ExpressServiceStatus, annotations},
    controller::objects::{status_json, status_patch},
    core::{
        decide::{
            action::Action,
            decide,
            decision::Decision,
            input::{Fence, Input},
        },
        desired::object::Desired,
        observed::{
            failure::{Effect, Failure, FailureKind},
            history::{ObservationHistory, ObservedAt, Windows},
            service::{Missing, Observed, Read, Revision, Service, StatusCode, TaskCounts},
        },
        record::{call::record_call, call_result::CallResult, intent::intent},
        report::{
            events::events,
            reconciled::Reconciled,
            requeue::{Intervals, Pacing, requeue_after},
            status::project,
            status_change::is_status_change,
        },
    },
};
use jiff::Timestamp;
use test_support::{fixtures, merge_patch::merge};

use crate::scene::{self, REVISION};

/// The bytes are a status.
pub fn run(bytes: &[u8]) {
    let Ok(status) = serde_json::from_slice::<ExpressServiceStatus>(bytes) else {
        return;
    };
    for phase in [Phase::Active, Phase::Deleting] {
        let object = object(status.clone(), phase);
        let desired = Desired::parse(&object, &scene::operator());
        for observed in observations(&desired) {
            for length in [0, 200] {
                reconcile(&status, &desired, &observed, length);
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Phase {
    Active,
    Deleting,
}

fn object(status: ExpressServiceStatus, phase: Phase) -> ExpressService {
    let mut object = scene::object();
    object.status = Some(status);
    let set = object.metadata.annotations.get_or_insert_default();
    set.insert(annotations::RESTART.to_owned(), "now".to_owned());
    set.insert(annotations::RETRY.to_owned(), "again".to_owned());
    match phase {
        Phase::Active => {}
        Phase::Deleting => {
            let at = serde_json::from_str("\"2026-11-24T00:00:00Z\"").unwrap();
            object.metadata.deletion_timestamp = Some(at);
        }
    }
    object
}

/// What ECS may show: the service in several states, without it, and an error.
fn observations(desired: &Desired) -> Vec<Observed> {
    let service = Service {
        revisions: vec![Revision {
            arn: REVISION.to_owned(),
            created_at: Some(now()),
            configuration: desired.configuration.clone(),
            endpoints: Vec::new(),
        }],
        created_at: Some(now()),
        management: Read::Skipped,
        counts: Read::Got(TaskCounts {
            desired: i32::MAX,
            running: i32::MAX,
            pending: i32::MAX,
        }),
        deployments: Read::Got(Vec::new()),
        managed_resources: Read::Got(Vec::new()),
        ..fixtures::service(desired)
    };
    let mut drifted = service.clone();
    drifted.revisions[0].configuration.cpu = Some("4096".to_owned());
    let draining = Service {
        code: StatusCode::Draining,
        ..service.clone()
    };
    let untagged = Service {
        tags: [].into(),
        ..service.clone()
    };
    let present = [service, drifted, draining, untagged];
    let present = present.map(|service| Observed::Present(Box::new(service)));
    let mut all = Vec::from(present);
    all.push(Observed::Missing(Missing::NotFound));
    all.push(Observed::Missing(Missing::Inactive));
    all.push(Observed::Unreadable(failure()));
    all
}

fn failure() -> Failure {
    Failure {
        operation: "UpdateExpressGatewayService",
        kind: FailureKind::Unavailable,
        effect: Effect::Unknown,
        code: "Timeout".to_owned(),
        message: "no answer in time".into(),
    }
}

fn now() -> Timestamp {
    Timestamp::constant(1_796_000_000, 0)
}

/// Decides on an observation that has been the same for so many seconds, and reports each result of the call.
fn reconcile(status: &ExpressServiceStatus, desired: &Desired, observed: &Observed, seconds: u64) {
    let windows = Windows::default();
    let state = status.trusted_state();
    let open = state.and_then(|state| state.open_intent());
    let mut history = ObservationHistory::default();
    for moment in [0, seconds] {
        let at = ObservedAt::at(Duration::from_secs(moment));
        history.record(observed, open, at);
    }
    let input = Input {
        desired,
        observed,
        state,
        deployment: status.deployment.as_ref(),
        managed_resources: status.managed_resources.as_deref().unwrap_or_default(),
        history: &history,
        windows: &windows,
        fence: Fence::Needed,
        now: now(),
    };
    let decision = decide(&input);
    check_decision(&input, &decision);
    let sent = intent(&input, &decision, now());
    if let (Some(sent), Some(before)) = (&sent, state.and_then(|state| state.intent.as_ref())) {
        assert_ne!(
            sent.counter, before.counter,
            "a fence must change something"
        );
    }
    let results = [
        CallResult::Idle,
        CallResult::Accepted,
        CallResult::Updated {
            revision: Some(REVISION.to_owned()),
        },
        CallResult::Failed(failure()),
    ];
    for result in results {
        let state = record_call(&input, &decision, sent.clone(), &result, now());
        let reconciled = Reconciled {
            input: &input,
            decision: &decision,
            result: &result,
        };
        let after = project(status, reconciled, state, now());
        let mut patched = status_json(status);
        merge(&mut patched, &status_patch(status, &after));
        assert_eq!(
            patched,
            status_json(&after),
            "the patch leads to the status"
        );
        assert!(!is_status_change(&after, &after, Duration::MAX));
        assert!(events(status, &after, reconciled).len() < 20);
        let pacing = Pacing {
            attempts: u32::MAX,
            intervals: &Intervals::default(),
            windows: &windows,
            objects: 10_000,
            random: 0.5,
        };
        let delay = requeue_after(&decision, &result, &pacing);
        assert!(delay >= Duration::from_secs(1), "a hot loop");
    }
}

/// No status leads to a change of a service that ECS does not show, or to a release while ECS cannot be read.
fn check_decision(input: &Input<'_>, decision: &Decision) {
    let had_service = input.state.is_some_and(|state| state.service.is_some());
    match (input.observed, &decision.action) {
        (Observed::Unreadable(_), Action::Nothing) => {}
        (Observed::Unreadable(_), Action::ReleaseFinalizer) => {
            assert!(!had_service, "released while nothing was known");
        }
        (Observed::Unreadable(_), action) => panic!("{action:?} while nothing is known"),
        (
            Observed::Missing(_),
            Action::Update(_)
            | Action::Delete
            | Action::Tag(_)
            | Action::Untag(_)
            | Action::Adopt(_),
        ) => panic!("{decision:?} of a missing service"),
        (Observed::Present(service), Action::Delete) => {
            assert_eq!(service.arn, input.desired.arn);
        }
        (Observed::Present(_), Action::Create(_)) => panic!("a second service"),
        _ => {}
    }
}
