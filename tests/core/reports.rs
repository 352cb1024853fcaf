//! What people read: conditions, messages, events; each in one place to be judged as a whole.

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
    scene: &Scene,
    result: &CallResult,
    previous: &ExpressServiceStatus,
) -> (ExpressServiceStatus, String) {
    let decision = scene.decide();
    let sent = intent(&scene.input(), &decision, at(60));
    let memory = record_call(&scene.input(), &decision, sent, result, at(60));
    let reconciled = Reconciled {
        input: &scene.input(),
        decision: &decision,
        result,
    };
    let status = project(previous, reconciled, memory, at(60));
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
fn the_story_of_a_service_and_of_its_bad_days_reads_well() {
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
    let create = || Scene::of(wanted.clone(), MISSING, Some(blank()));
    let remembered = || Some(remembering(&wanted));
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
    let mut sent_edit = remembering(&edited);
    sent_edit.last_applied.as_mut().unwrap().revision = Some("r2".into());
    let scenes: Vec<(&str, (Scene, CallResult))> = vec![
        ("created", (create(), created())),
        (
            "first deployment",
            (
                Scene::of(
                    wanted.clone(),
                    running(|s| {
                        s.deployments = Read::Got(vec![in_progress(REVISION, "SCALE_UP")]);
                    }),
                    remembered(),
                ),
                CallResult::Idle,
            ),
        ),
        (
            "ready",
            (
                Scene::of(wanted.clone(), running(|_| ()), remembered()),
                CallResult::Idle,
            ),
        ),
        (
            "edited",
            (
                Scene::of(edited.clone(), running(|_| ()), remembered()),
                CallResult::Updated {
                    revision: Some("r2".into()),
                },
            ),
        ),
        (
            "rolled back",
            (
                Scene::of(edited.clone(), running(rolled_back), Some(sent_edit)),
                CallResult::Idle,
            ),
        ),
        (
            "changed outside, put right",
            (
                Scene::of(
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
                    remembered(),
                ),
                CallResult::Updated { revision: None },
            ),
        ),
        (
            "a role taken out of the spec",
            (
                Scene::of(
                    wanted.clone(),
                    Observed::Present(Box::new(service(&task_role))),
                    Some(remembering(&task_role)),
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
                Scene::of(wanted.clone(), unreadable(), remembered()),
                CallResult::Idle,
            ),
        ),
        (
            "somebody else's",
            (
                Scene::of(
                    wanted.clone(),
                    running(|s| s.tags = another_owner()),
                    Some(blank()),
                ),
                CallResult::Idle,
            ),
        ),
        (
            "other account",
            (
                Scene::of(desired(&[elsewhere()]), Observed::NotAsked, remembered()),
                CallResult::Idle,
            ),
        ),
        (
            "suspended",
            (
                Scene::of(
                    desired(&[json!({"spec": {"suspend": true}})]),
                    running(|_| ()),
                    remembered(),
                ),
                CallResult::Idle,
            ),
        ),
        (
            "deleting",
            (
                Scene::of(desired(&[leaving("Delete")]), running(|_| ()), remembered()),
                CallResult::Accepted,
            ),
        ),
        (
            "gone",
            (
                Scene::of(desired(&[leaving("Delete")]), MISSING, remembered()).seen_for(10),
                CallResult::Idle,
            ),
        ),
        (
            "retained",
            (
                Scene::of(desired(&[leaving("Retain")]), running(|_| ()), remembered()),
                CallResult::Idle,
            ),
        ),
    ];
    let text: Vec<String> = scenes
        .into_iter()
        .map(|(name, (scene, result))| {
            format!(
                "{name}\n{}",
                report(&scene, &result, &ExpressServiceStatus::default()).1
            )
        })
        .collect();
    insta::assert_snapshot!("stories", text.join("\n"));
}
