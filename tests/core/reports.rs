//! What people read: conditions, messages, events; each in one place to be judged as a whole.

use ecs_express_operator::{
    api::ExpressServiceStatus,
    core::{
        events::events,
        failure::{Effect, Failure, FailureKind},
        observed::{Observed, Read, Service},
        remember::{Outcome, intent, remember},
        status::project,
    },
};
use serde_json::json;

use crate::fixtures::*;

fn report(
    scene: &Scene,
    outcome: &Outcome,
    previous: &ExpressServiceStatus,
) -> (ExpressServiceStatus, String) {
    let decision = scene.decide();
    let sent = intent(&scene.case(), &decision.action, at(60));
    let memory = remember(&scene.case(), &decision, sent, outcome, at(60));
    let status = project(previous, &scene.case(), &decision, outcome, memory, at(60));
    let mut text = String::new();
    for condition in &status.conditions {
        text.push_str(&format!(
            "  {}={} {}: {}\n",
            condition.type_, condition.status, condition.reason, condition.message
        ));
    }
    for event in events(previous, &status, &scene.case(), &decision, outcome) {
        text.push_str(&format!(
            "  event {:?} {}: {}\n",
            event.severity, event.reason, event.note
        ));
    }
    (status, text)
}

fn refused(kind: FailureKind, operation: &'static str, code: &str, message: &str) -> Outcome {
    Outcome::Failed(Failure {
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
    let created = || Outcome::Created {
        created_at: Some(at(0)),
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
    let scenes: Vec<(&str, (Scene, Outcome))> = vec![
        ("created", (create(), created())),
        (
            "first deployment",
            (
                Scene::of(
                    wanted.clone(),
                    running(|s| {
                        let mut under_way = deployment(REVISION, "IN_PROGRESS");
                        under_way.stage = Some("SCALE_UP".into());
                        s.deployments = Read::Got(vec![under_way]);
                    }),
                    remembered(),
                ),
                Outcome::Idle,
            ),
        ),
        (
            "ready",
            (
                Scene::of(wanted.clone(), running(|_| ()), remembered()),
                Outcome::Idle,
            ),
        ),
        (
            "edited",
            (
                Scene::of(edited.clone(), running(|_| ()), remembered()),
                Outcome::Updated {
                    revision: Some("r2".into()),
                },
            ),
        ),
        (
            "rolled back",
            (
                Scene::of(edited.clone(), running(rolled_back), Some(sent_edit)),
                Outcome::Idle,
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
                Outcome::Updated { revision: None },
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
                Outcome::Idle,
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
                Outcome::Idle,
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
                Outcome::Idle,
            ),
        ),
        (
            "other account",
            (
                Scene::of(desired(&[elsewhere()]), Observed::NotAsked, remembered()),
                Outcome::Idle,
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
                Outcome::Idle,
            ),
        ),
        (
            "deleting",
            (
                Scene::of(desired(&[leaving("Delete")]), running(|_| ()), remembered()),
                Outcome::Accepted,
            ),
        ),
        (
            "gone",
            (
                Scene::of(desired(&[leaving("Delete")]), MISSING, remembered()).seen_for(10),
                Outcome::Idle,
            ),
        ),
        (
            "retained",
            (
                Scene::of(desired(&[leaving("Retain")]), running(|_| ()), remembered()),
                Outcome::Idle,
            ),
        ),
    ];
    let text: Vec<String> = scenes
        .into_iter()
        .map(|(name, (scene, outcome))| {
            format!(
                "{name}\n{}",
                report(&scene, &outcome, &ExpressServiceStatus::default()).1
            )
        })
        .collect();
    insta::assert_snapshot!("stories", text.join("\n"));
}

#[test]
fn last_transition_time_moves_only_with_the_status() {
    let wanted = desired(&[]);
    let scene = Scene::of(
        wanted.clone(),
        Observed::Present(Box::new(service(&wanted))),
        None,
    );
    let (mut before, _) = report(&scene, &Outcome::Idle, &ExpressServiceStatus::default());
    for condition in &mut before.conditions {
        condition.last_transition_time =
            k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(at(-100));
    }
    let (after, _) = report(&scene, &Outcome::Idle, &before);
    assert!(
        after
            .conditions
            .iter()
            .all(|condition| condition.last_transition_time.0 == at(-100))
    );
    let lost = Scene::of(wanted, unreadable(), None);
    let (after, _) = report(&lost, &Outcome::Idle, &before);
    let ready = after
        .conditions
        .iter()
        .find(|condition| condition.type_ == "Ready")
        .unwrap();
    assert_eq!(
        (ready.status.as_str(), ready.last_transition_time.0),
        ("Unknown", at(60))
    );
}

#[test]
fn a_service_without_endpoint_is_not_ready() {
    let wanted = desired(&[]);
    let mut service = service(&wanted);
    service.revisions[0].endpoints.clear();
    let scene = Scene::of(wanted, Observed::Present(Box::new(service)), None);
    let (_, text) = report(&scene, &Outcome::Idle, &ExpressServiceStatus::default());
    assert!(text.contains("Ready=False Provisioning"), "{text}");
}

#[test]
fn an_unknown_status_code_is_mirrored_as_ecs_says_it() {
    let wanted = desired(&[]);
    let mut service = service(&wanted);
    service.code = ecs_express_operator::core::observed::StatusCode::Other("HIBERNATING".into());
    let scene = Scene::of(wanted, Observed::Present(Box::new(service)), None);
    let (status, _) = report(&scene, &Outcome::Idle, &ExpressServiceStatus::default());
    assert_eq!(status.status_code.as_deref(), Some("HIBERNATING"));
}

#[test]
fn a_look_that_failed_once_says_nothing_and_a_missing_permission_is_told_at_once() {
    use ecs_express_operator::core::{retry::is_worth_telling, why::Why};
    let why = |kind| Why::Unreadable(failure(kind, Effect::None));
    assert!(!is_worth_telling(&why(FailureKind::Throttled), 0, true));
    assert!(!is_worth_telling(&why(FailureKind::Unavailable), 1, true));
    assert!(is_worth_telling(&why(FailureKind::Unavailable), 2, true));
    assert!(is_worth_telling(&why(FailureKind::AccessDenied), 0, true));
    assert!(is_worth_telling(&Why::InSync, 0, true));
}

#[test]
fn of_a_strangers_service_nothing_is_shown() {
    let wanted = desired(&[]);
    let mut theirs = service(&wanted);
    theirs.tags = another_owner();
    let scene = Scene::of(wanted, Observed::Present(Box::new(theirs)), Some(blank()));
    let (status, _) = report(&scene, &Outcome::Idle, &ExpressServiceStatus::default());
    assert_eq!(status.status_code.as_deref(), Some("ACTIVE"));
    let shown = (
        status.url,
        status.revisions,
        status.managed_resources,
        status.drift,
    );
    assert_eq!(shown, (None, None, None, None));
}

#[test]
fn what_was_seen_stays_until_the_absence_is_proved() {
    let wanted = desired(&[]);
    let seen = Scene::of(
        wanted.clone(),
        Observed::Present(Box::new(service(&wanted))),
        None,
    );
    let (before, _) = report(&seen, &Outcome::Idle, &ExpressServiceStatus::default());
    let missed = Scene::of(wanted.clone(), MISSING, Some(remembering(&wanted)));
    let (after, _) = report(&missed, &Outcome::Idle, &before);
    assert_eq!(
        (&after.url, &after.revisions),
        (&before.url, &before.revisions)
    );
    let gone = missed.seen_for(10);
    let (after, _) = report(&gone, &Outcome::Created { created_at: None }, &after);
    assert_eq!((after.url, after.revisions), (None, None));
}

#[test]
fn a_service_that_answers_stays_ready_while_its_tags_have_trouble() {
    let wanted = desired(&[json!({"spec": {"tags": [{"key": "team", "value": "a"}]}})]);
    let mut untagged = service(&wanted);
    untagged.tags.remove("team");
    let scene = Scene::of(
        wanted.clone(),
        Observed::Present(Box::new(untagged)),
        Some(remembering(&wanted)),
    );
    let denied = refused(
        FailureKind::AccessDenied,
        "TagResource",
        "AccessDeniedException",
        "no",
    );
    let (_, text) = report(&scene, &denied, &ExpressServiceStatus::default());
    assert!(text.contains("Ready=True Available"), "{text}");
    assert!(text.contains("Stalled=True AccessDenied"), "{text}");
}

#[test]
fn a_role_is_given_minutes_from_its_first_refusal_whatever_went_on_before() {
    let scene = Scene::of(desired(&[]), MISSING, Some(blank()));
    let unusable = refused(
        FailureKind::RoleNotUsable,
        "CreateExpressGatewayService",
        "AccessDeniedException",
        "Cannot assume role",
    );
    let aged = |status: &ExpressServiceStatus, seconds: i64| {
        let mut status = status.clone();
        for condition in &mut status.conditions {
            condition.last_transition_time =
                k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(at(60 - seconds));
        }
        status
    };
    let (creating, _) = report(
        &scene,
        &Outcome::Created { created_at: None },
        &ExpressServiceStatus::default(),
    );
    let (first, text) = report(&scene, &unusable, &aged(&creating, 600));
    assert!(text.contains("Reconciling=True RoleNotUsable"), "{text}");
    let (_, text) = report(&scene, &unusable, &aged(&first, 299));
    assert!(text.contains("Reconciling=True RoleNotUsable"), "{text}");
    let (_, text) = report(&scene, &unusable, &aged(&first, 300));
    assert!(text.contains("Stalled=True RoleNotUsable"), "{text}");
}
