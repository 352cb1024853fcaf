//! The projected status, one guarantee at a time.

use ecs_express_operator::{
    api::ExpressServiceStatus,
    core::{
        observed::{
            failure::{Effect, FailureKind},
            service::{Observed, Revision},
        },
        record::call_result::CallResult,
        report::status_change::is_status_change,
    },
};
use serde_json::json;

use crate::{
    fixtures::*,
    messages::{refused, report},
};

#[test]
fn last_transition_time_moves_only_with_the_status() {
    let wanted = desired(&[]);
    let given = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(service(&wanted))),
        None,
    );
    let (mut before, _) = report(&given, &CallResult::Idle, &ExpressServiceStatus::default());
    for condition in &mut before.conditions {
        condition.last_transition_time =
            k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(at(-100));
    }
    let (after, _) = report(&given, &CallResult::Idle, &before);
    assert!(
        after
            .conditions
            .iter()
            .all(|condition| condition.last_transition_time.0 == at(-100))
    );
    let lost = OwnedInput::of(wanted, unreadable(), None);
    let (after, _) = report(&lost, &CallResult::Idle, &before);
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
    service.revisions[0].created_at = Some(at(10 * 24 * 3600 - 60));
    let given = OwnedInput::of(wanted, Observed::Present(Box::new(service)), None);
    let (_, text) = report(&given, &CallResult::Idle, &ExpressServiceStatus::default());
    assert!(text.contains("Ready=False Provisioning"), "{text}");
}

#[test]
fn an_unknown_status_code_is_reported_verbatim() {
    let wanted = desired(&[]);
    let mut service = service(&wanted);
    service.code =
        ecs_express_operator::core::observed::service::StatusCode::Other("HIBERNATING".into());
    let given = OwnedInput::of(wanted, Observed::Present(Box::new(service)), None);
    let (status, _) = report(&given, &CallResult::Idle, &ExpressServiceStatus::default());
    assert_eq!(status.status_code.as_deref(), Some("HIBERNATING"));
}

#[test]
fn an_observation_that_failed_once_reports_nothing_and_a_missing_permission_is_reported_at_once() {
    use ecs_express_operator::core::{
        decide::reason::Reason, report::status_change::should_report,
    };
    let reason = |kind| Reason::Unreadable(failure(kind, Effect::None));
    assert!(!should_report(&reason(FailureKind::Throttled), 0, true));
    assert!(!should_report(&reason(FailureKind::Unavailable), 1, true));
    assert!(should_report(&reason(FailureKind::Unavailable), 2, true));
    assert!(should_report(&reason(FailureKind::AccessDenied), 0, true));
    assert!(should_report(&Reason::Available, 0, true));
}

#[test]
fn nothing_of_another_owners_service_is_shown() {
    let wanted = desired(&[]);
    let mut theirs = service(&wanted);
    theirs.tags = other_owner_tags();
    let given = OwnedInput::of(
        wanted,
        Observed::Present(Box::new(theirs)),
        Some(empty_state()),
    );
    let (status, _) = report(&given, &CallResult::Idle, &ExpressServiceStatus::default());
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
fn the_observed_status_stays_until_the_absence_is_confirmed() {
    let wanted = desired(&[]);
    let seen = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(service(&wanted))),
        None,
    );
    let (before, _) = report(&seen, &CallResult::Idle, &ExpressServiceStatus::default());
    let missed = OwnedInput::of(wanted.clone(), MISSING, Some(applied_state(&wanted)));
    let (after, _) = report(&missed, &CallResult::Idle, &before);
    assert_eq!(
        (&after.url, &after.revisions),
        (&before.url, &before.revisions)
    );
    let gone = missed.observed_for(10);
    let (after, _) = report(
        &gone,
        &CallResult::Created {
            created_at: None,
            tagged: true,
        },
        &after,
    );
    assert_eq!((after.url, after.revisions), (None, None));
}

#[test]
fn a_service_that_serves_stays_ready_while_its_tags_cannot_be_set() {
    let wanted = desired(&[json!({"spec": {"tags": [{"key": "team", "value": "a"}]}})]);
    let mut untagged = service(&wanted);
    untagged.tags.remove("team");
    let given = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(untagged)),
        Some(applied_state(&wanted)),
    );
    let denied = refused(
        FailureKind::AccessDenied,
        "TagResource",
        "AccessDeniedException",
        "no",
    );
    let (_, text) = report(&given, &denied, &ExpressServiceStatus::default());
    assert!(text.contains("Ready=True Available"), "{text}");
    assert!(text.contains("Stalled=True AccessDenied"), "{text}");
}

#[test]
fn a_role_has_some_minutes_from_its_first_error_whatever_happened_before() {
    let given = OwnedInput::of(desired(&[]), MISSING, Some(empty_state()));
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
        &given,
        &CallResult::Created {
            created_at: None,
            tagged: true,
        },
        &ExpressServiceStatus::default(),
    );
    let (first, text) = report(&given, &unusable, &aged(&creating, 600));
    assert!(text.contains("Reconciling=True RoleNotUsable"), "{text}");
    let (_, text) = report(&given, &unusable, &aged(&first, 299));
    assert!(text.contains("Reconciling=True RoleNotUsable"), "{text}");
    let (_, text) = report(&given, &unusable, &aged(&first, 300));
    assert!(text.contains("Stalled=True RoleNotUsable"), "{text}");
}

#[test]
fn the_mere_progress_of_a_rollout_is_reported_after_two_minutes_and_all_else_at_once() {
    let status = |change: serde_json::Value| -> ExpressServiceStatus {
        let mut status = json!({
            "statusCode": "ACTIVE",
            "conditions": [{
                "type": "Ready", "status": "False", "reason": "Deploying", "message": "stage SCALE_UP",
                "lastTransitionTime": "2026-11-25T00:00:00Z",
            }],
            "deployment": {"status": "IN_PROGRESS", "stage": "SCALE_UP"},
            "managedResources": [{"type": "Certificate", "status": "PROVISIONING"}],
            "runningCount": 0,
        });
        for (pointer, value) in change.as_object().unwrap() {
            *status.pointer_mut(pointer).unwrap() = value.clone();
        }
        serde_json::from_value(status).unwrap()
    };
    let said_after = |seconds: u64, change: serde_json::Value| {
        let waited = std::time::Duration::from_secs(seconds);
        is_status_change(&status(json!({})), &status(change), waited)
    };
    for course in [
        json!({"/deployment": {"status": "IN_PROGRESS", "stage": "BAKE_TIME"}}),
        json!({"/conditions/0/message": "stage BAKE_TIME"}),
        json!({"/managedResources/0/status": "ACTIVE"}),
        json!({"/runningCount": 1}),
    ] {
        assert!(!said_after(119, course.clone()), "{course}");
        assert!(said_after(120, course.clone()), "{course}");
    }
    // Each of these reasons has a message that names the progress.
    for reason in [
        "Provisioning",
        "Deploying",
        "ManagedResourceFailed",
        "ProgressDeadlineExceeded",
    ] {
        let before = status(json!({"/conditions/0/reason": reason}));
        let after = status(json!({
            "/conditions/0/reason": reason,
            "/conditions/0/message": "stage BAKE_TIME",
        }));
        let waited = std::time::Duration::from_secs(119);
        assert!(!is_status_change(&before, &after, waited), "{reason}");
    }
    for changed in [
        json!({"/statusCode": "DRAINING"}),
        json!({"/conditions/0/reason": "RolledBack"}),
        json!({"/conditions/0/status": "True"}),
        json!({"/deployment": {"status": "ROLLBACK_IN_PROGRESS", "stage": "SCALE_UP"}}),
        json!({"/deployment": {"status": "IN_PROGRESS", "stage": "SCALE_UP", "reason": "tasks fail"}}),
        json!({"/managedResources/0/status": "FAILED"}),
        json!({"/managedResources/0": {"type": "Certificate", "status": "PROVISIONING", "reason": "quota"}}),
    ] {
        assert!(said_after(0, changed.clone()), "{changed}");
    }
    let later = json!({"/conditions/0/lastTransitionTime": "2026-11-25T01:00:00Z"});
    assert!(!said_after(3600, later), "a time alone");
}

#[test]
fn an_unknown_status_code_needs_a_person_and_emits_a_warning() {
    let wanted = desired(&[]);
    let mut service = service(&wanted);
    service.code =
        ecs_express_operator::core::observed::service::StatusCode::Other("HIBERNATING".into());
    let given = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(service)),
        Some(applied_state(&wanted)),
    );
    let (_, text) = report(&given, &CallResult::Idle, &ExpressServiceStatus::default());
    assert!(text.contains("Stalled=True UnknownStatus"), "{text}");
    assert!(text.contains("upgrade the operator"), "{text}");
    assert!(text.contains("event Warning UnknownStatus"), "{text}");
}

#[test]
fn a_deployment_that_this_object_did_not_request_emits_a_warning() {
    use ecs_express_operator::core::observed::service::Read;
    let wanted = desired(&[]);
    let idle = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(service(&wanted))),
        Some(applied_state(&wanted)),
    );
    let (ready, _) = report(&idle, &CallResult::Idle, &ExpressServiceStatus::default());
    let mut deploying = service(&wanted);
    deploying.deployments = Read::Got(vec![in_progress(REVISION, "SCALE_UP")]);
    let given = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(deploying)),
        Some(applied_state(&wanted)),
    );
    let (_, text) = report(&given, &CallResult::Idle, &ready);
    assert!(text.contains("event Warning Provisioning"), "{text}");
}

#[test]
fn a_managed_resource_that_fails_later_emits_one_warning() {
    use ecs_express_operator::core::observed::service::Read;
    let wanted = desired(&[]);
    let idle = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(service(&wanted))),
        Some(applied_state(&wanted)),
    );
    let (ready, _) = report(&idle, &CallResult::Idle, &ExpressServiceStatus::default());
    let mut broken = service(&wanted);
    let Read::Got(resources) = &mut broken.managed_resources else {
        panic!("the fixture has resources");
    };
    resources[0].status = Some("FAILED".into());
    let given = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(broken)),
        Some(applied_state(&wanted)),
    );
    let (status, text) = report(&given, &CallResult::Idle, &ready);
    assert!(
        text.contains("event Warning ManagedResourceFailed: ServiceSecurityGroup FAILED"),
        "{text}"
    );
    assert!(text.contains("Ready=True Available: the service runs this configuration; but ServiceSecurityGroup FAILED"), "{text}");
    let (_, text) = report(&given, &CallResult::Idle, &status);
    assert!(!text.contains("event"), "{text}");
}

#[test]
fn the_event_of_a_lost_readiness_has_the_reason_of_the_condition() {
    let wanted = desired(&[]);
    let state = applied_state(&wanted);
    let running = service(&wanted);
    let given = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(running.clone())),
        Some(state.clone()),
    );
    let (ready, _) = report(&given, &CallResult::Idle, &ExpressServiceStatus::default());
    // Somebody removes the owner tags and changes the configuration.
    let mut changed = running;
    remove_owner_tags(&mut changed);
    changed.revisions[0].configuration.health_check_path = Some("/other".into());
    changed.revisions[0].arn = format!("{REVISION}2");
    let edited = desired(&[json!({"spec": {"healthCheckPath": "/"}})]);
    let given = OwnedInput::of(edited, Observed::Present(Box::new(changed)), Some(state));
    let (_, text) = report(&given, &CallResult::Accepted, &ready);
    assert!(text.contains("Ready=False Tagging: "), "{text}");
    assert!(text.contains("event Warning Tagging: "), "{text}");
}

#[test]
fn of_very_many_revisions_and_urls_the_newest_ten_are_shown() {
    let wanted = desired(&[]);
    let mut service = service(&wanted);
    let only = service.revisions[0].clone();
    service.revisions = (0..500)
        .map(|number| Revision {
            arn: format!("{REVISION}-{number}"),
            created_at: Some(at(number)),
            endpoints: vec!["https://a.example".into(); 500],
            ..only.clone()
        })
        .collect();
    let given = OwnedInput::of(wanted, Observed::Present(Box::new(service)), None);
    let (status, _) = report(&given, &CallResult::Idle, &ExpressServiceStatus::default());
    let revisions = status.revisions.unwrap();
    assert_eq!(revisions.len(), 10);
    assert_eq!(revisions[0].arn, format!("{REVISION}-499"));
    assert_eq!(revisions[0].endpoints.as_ref().unwrap().len(), 10);
}
