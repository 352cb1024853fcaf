//! What users read: conditions, messages and events, in one snapshot to be reviewed as a whole.

use ecs_express_operator::{
    api::ExpressServiceStatus,
    core::{
        observed::{
            failure::{Effect, Failure, FailureKind},
            service::{Observed, Read, Service},
        },
        record::{call::record_call, call_result::CallResult, intent::intent},
        report::{events::events, reconciled::Reconciled, status::project},
    },
};
use serde_json::json;

use crate::fixtures::*;

pub(crate) fn report(
    given: &OwnedInput,
    result: &CallResult,
    previous: &ExpressServiceStatus,
) -> (ExpressServiceStatus, String) {
    let decision = given.decide();
    let sent = intent(&given.input(), &decision, at(60));
    let state = record_call(&given.input(), &decision, sent, result, at(60));
    let reconciled = Reconciled {
        input: &given.input(),
        decision: &decision,
        result,
    };
    let status = project(previous, reconciled, state, at(60));
    let mut text = String::new();
    for condition in &status.conditions {
        text.push_str(&format!(
            "  {}={} {}: {}\n",
            condition.type_, condition.status, condition.reason, condition.message
        ));
    }
    for event in events(previous, &status, reconciled) {
        text.push_str(&format!(
            "  event {:?} {}: {}\n",
            event.severity, event.reason, event.note
        ));
    }
    (status, text)
}

pub(crate) fn refused(
    kind: FailureKind,
    operation: &'static str,
    code: &str,
    message: &'static str,
) -> CallResult {
    CallResult::Failed(Failure {
        operation,
        kind,
        effect: Effect::None,
        code: code.into(),
        message: message.into(),
    })
}

#[test]
fn the_messages_of_a_service_and_of_its_faults_read_well() {
    let wanted = desired(&[]);
    let edited = desired(&[json!({"spec": {"primaryContainer": {"image": "shop:2"}}})]);
    let running = |change: fn(&mut Service)| {
        let mut service = service(&wanted);
        change(&mut service);
        Observed::Present(Box::new(service))
    };
    let created = || CallResult::Created {
        created_at: Some(at(0)),
        tagged: true,
    };
    let create = || OwnedInput::of(wanted.clone(), MISSING, Some(empty_state()));
    let applied = || Some(applied_state(&wanted));
    let create_refused = |kind, code, message| {
        (
            create(),
            refused(kind, "CreateExpressGatewayService", code, message),
        )
    };
    let task_role =
        desired(&[json!({"spec": {"taskRoleArn": "arn:aws:iam::123456789012:role/task"}})]);
    let rolled_back = |service: &mut Service| {
        let mut failed = deployment("r2", "ROLLBACK_SUCCESSFUL");
        failed.reason = Some(
            "Service deployment rolled back because the circuit breaker threshold was exceeded."
                .into(),
        );
        service.deployments = Read::Got(vec![failed, deployment(REVISION, "SUCCESSFUL")]);
    };
    let mut sent_edit = applied_state(&edited);
    sent_edit.last_applied.as_mut().unwrap().revision = Some("r2".into());
    let inputs: Vec<(&str, (OwnedInput, CallResult))> = vec![
        ("created", (create(), created())),
        (
            "first deployment",
            (
                OwnedInput::of(
                    wanted.clone(),
                    running(|s| {
                        s.deployments = Read::Got(vec![in_progress(REVISION, "SCALE_UP")]);
                    }),
                    applied(),
                ),
                CallResult::Idle,
            ),
        ),
        (
            "ready",
            (
                OwnedInput::of(wanted.clone(), running(|_| ()), applied()),
                CallResult::Idle,
            ),
        ),
        (
            "edited",
            (
                OwnedInput::of(edited.clone(), running(|_| ()), applied()),
                CallResult::Updated {
                    revision: Some("r2".into()),
                },
            ),
        ),
        (
            "rolled back",
            (
                OwnedInput::of(edited.clone(), running(rolled_back), Some(sent_edit)),
                CallResult::Idle,
            ),
        ),
        (
            "drift, corrected",
            (
                OwnedInput::of(
                    wanted.clone(),
                    running(|s| {
                        s.revisions[0].arn = "r9".into();
                        s.revisions[0]
                            .configuration
                            .container
                            .as_mut()
                            .unwrap()
                            .image = "evil:1".into();
                    }),
                    applied(),
                ),
                CallResult::Updated { revision: None },
            ),
        ),
        (
            "a role removed from the spec",
            (
                OwnedInput::of(
                    wanted.clone(),
                    Observed::Present(Box::new(service(&task_role))),
                    Some(applied_state(&task_role)),
                ),
                CallResult::Idle,
            ),
        ),
        (
            "no permission",
            create_refused(
                FailureKind::AccessDenied,
                "AccessDeniedException",
                "User: arn:aws:sts::123456789012:assumed-role/operator/x is not authorized to perform: ecs:CreateExpressGatewayService",
            ),
        ),
        (
            "a role that cannot be assumed",
            create_refused(
                FailureKind::RoleNotUsable,
                "AccessDeniedException",
                "Cannot assume role arn:aws:iam::123456789012:role/infra (infrastructure role).",
            ),
        ),
        (
            "no cluster",
            create_refused(
                FailureKind::ClusterNotFound,
                "ClusterNotFoundException",
                "Cluster not found.",
            ),
        ),
        (
            "a bad image",
            create_refused(
                FailureKind::InvalidParameter,
                "InvalidParameterException",
                "The image name is invalid.",
            ),
        ),
        (
            "throttled",
            create_refused(
                FailureKind::Throttled,
                "ThrottlingException",
                "Rate exceeded",
            ),
        ),
        (
            "not readable",
            (
                OwnedInput::of(wanted.clone(), unreadable(), applied()),
                CallResult::Idle,
            ),
        ),
        (
            "of another owner",
            (
                OwnedInput::of(
                    wanted.clone(),
                    running(|s| s.tags = other_owner_tags()),
                    Some(empty_state()),
                ),
                CallResult::Idle,
            ),
        ),
        (
            "other account",
            (
                OwnedInput::of(desired(&[other_identity()]), Observed::NotAsked, applied()),
                CallResult::Idle,
            ),
        ),
        (
            "suspended",
            (
                OwnedInput::of(
                    desired(&[json!({"spec": {"suspend": true}})]),
                    running(|_| ()),
                    applied(),
                ),
                CallResult::Idle,
            ),
        ),
        (
            "deleting",
            (
                OwnedInput::of(desired(&[deleting("Delete")]), running(|_| ()), applied()),
                CallResult::Accepted,
            ),
        ),
        (
            "gone",
            (
                OwnedInput::of(desired(&[deleting("Delete")]), MISSING, applied()).observed_for(10),
                CallResult::Idle,
            ),
        ),
        (
            "retained",
            (
                OwnedInput::of(desired(&[deleting("Retain")]), running(|_| ()), applied()),
                CallResult::Idle,
            ),
        ),
    ];
    let text: Vec<String> = inputs
        .into_iter()
        .map(|(name, (given, result))| {
            format!(
                "{name}\n{}",
                report(&given, &result, &ExpressServiceStatus::default()).1
            )
        })
        .collect();
    insta::assert_snapshot!("examples", text.join("\n"));
}
