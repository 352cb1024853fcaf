//! The related reads: the service as an ordinary one, its deployments, its managed resources, its tags.

use ecs_express_operator::{
    api::status::ManagedResource,
    core::observed::{
        failure::FailureKind,
        service::{Management, TaskCounts},
    },
    ecs::{Ecs, ServiceRecord},
};
use serde_json::{Value, json};

use crate::{
    fixture::{ARN, DEPLOYMENT, REVISION, adapter, arn, nothing_hidden},
    loopback::{Loopback, ok, refused},
};

fn answering(answer: Value) -> Loopback {
    Loopback::start(move |_| ok(answer.clone()))
}

fn missing() -> Value {
    json!([{ "arn": ARN, "reason": "MISSING" }])
}

#[tokio::test]
async fn the_ordinary_service_has_task_counts_and_its_management() {
    for (management, known) in [
        (json!("ECS"), Management::Express),
        (json!("CUSTOMER"), Management::Customer),
        (Value::Null, Management::Express),
    ] {
        let server = answering(json!({ "failures": [], "services": [{
            "status": "ACTIVE", "desiredCount": 3, "runningCount": 2, "pendingCount": 1,
            "createdAt": 1764021600.9, "resourceManagementType": management,
        }]}));
        let record = adapter(&server).service(&arn(), &nothing_hidden()).await;
        let Ok(ServiceRecord::Live(facts)) = record else {
            panic!("{record:?}");
        };
        assert_eq!(
            server.sole_request().body,
            json!({ "cluster": "web", "services": [ARN] })
        );
        let counts = TaskCounts {
            desired: 3,
            running: 2,
            pending: 1,
        };
        assert_eq!((facts.management, facts.counts), (known, counts));
        assert_eq!(
            facts.created_at,
            Some("2025-11-24T22:00:00Z".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn a_missing_ordinary_service_is_distinguished_from_an_inactive_one_and_an_empty_response_is_neither()
 {
    for (answer, record) in [
        (
            json!({ "services": [], "failures": missing() }),
            ServiceRecord::Missing,
        ),
        (
            json!({ "services": [{ "status": "INACTIVE" }] }),
            ServiceRecord::Inactive,
        ),
    ] {
        let server = answering(answer);
        let found = adapter(&server).service(&arn(), &nothing_hidden()).await;
        assert_eq!(found, Ok(record));
    }
    for (answer, kind) in [
        (json!({}), FailureKind::Unavailable),
        (
            json!({ "failures": [{ "reason": "OTHER" }] }),
            FailureKind::Refused,
        ),
    ] {
        let failure = adapter(&answering(answer))
            .service(&arn(), &nothing_hidden())
            .await
            .unwrap_err();
        assert_eq!(failure.kind, kind);
    }
}

#[tokio::test]
async fn what_a_response_says_about_another_service_or_revision_is_not_read() {
    let another = ARN.replace("shop", "shop-2");
    for status in ["ACTIVE", "INACTIVE"] {
        let service = json!({ "serviceArn": another, "status": status });
        let server = answering(json!({ "services": [service] }));
        let found = adapter(&server).service(&arn(), &nothing_hidden()).await;
        assert_eq!(found.unwrap_err().kind, FailureKind::Unavailable);
    }
    let former = "arn:aws:ecs:eu-west-1:123456789012:service/shop";
    let service = json!({ "serviceArn": former, "status": "INACTIVE" });
    let server = answering(json!({ "services": [service] }));
    let found = adapter(&server).service(&arn(), &nothing_hidden()).await;
    assert_eq!(
        found,
        Ok(ServiceRecord::Inactive),
        "the form of before 2018"
    );

    let brief = json!({
        "serviceArn": another, "status": "SUCCESSFUL", "createdAt": 1,
        "serviceDeploymentArn": format!("{DEPLOYMENT}1"),
    });
    let server = answering(json!({ "serviceDeployments": [brief] }));
    let found = adapter(&server)
        .deployments(&arn(), &nothing_hidden())
        .await;
    assert_eq!(found, Ok(vec![]));

    let revision = json!({ "serviceRevisionArn": REVISION.replace("shop", "shop-2") });
    let server = answering(json!({ "serviceRevisions": [revision] }));
    let found = adapter(&server)
        .managed_resources(&arn(), REVISION, &nothing_hidden())
        .await;
    assert_eq!(found.unwrap_err().kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn deployments_come_newest_first_with_the_stage_of_those_in_progress() {
    let brief = |name: &str, created: f64, status: &str| {
        json!({
            "serviceDeploymentArn": format!("{DEPLOYMENT}{name}"), "createdAt": created,
            "status": status, "targetServiceRevisionArn": REVISION,
        })
    };
    let list = json!({ "serviceDeployments": [
        brief("old", 100.0, "SUCCESSFUL"),
        brief("new", 300.5, "IN_PROGRESS"),
        brief("middle", 200.0, "ROLLBACK_SUCCESSFUL"),
    ]});
    let details = json!({ "failures": missing(), "serviceDeployments": [{
        "serviceDeploymentArn": format!("{DEPLOYMENT}new"), "status": "ROLLBACK_IN_PROGRESS",
        "lifecycleStage": "BAKE_TIME", "startedAt": 301.5,
        "targetServiceRevision": { "arn": REVISION },
        "alarms": { "triggeredAlarmNames": ["errors"] },
    }]});
    let server = Loopback::start(move |seen| match seen.action.as_str() {
        "ListServiceDeployments" => ok(list.clone()),
        _ => ok(details.clone()),
    });
    let found = adapter(&server)
        .deployments(&arn(), &nothing_hidden())
        .await
        .unwrap();
    let names: Vec<_> = found.iter().map(|it| it.arn.clone().unwrap()).collect();
    assert_eq!(
        names,
        ["new", "middle", "old"].map(|name| format!("{DEPLOYMENT}{name}"))
    );
    assert_eq!(found[0].status.as_deref(), Some("ROLLBACK_IN_PROGRESS"));
    assert_eq!(found[0].stage.as_deref(), Some("BAKE_TIME"));
    assert_eq!(found[0].reason.as_deref(), Some("alarms went off: errors"));
    assert_eq!(found[0].target_revision.as_deref(), Some(REVISION));
    let started = found[0].started_at.as_ref().unwrap().0.to_string();
    assert_eq!(started, "1970-01-01T00:05:01Z");
    assert_eq!(found[2].stage, None);
    let bodies: Vec<_> = server.seen().into_iter().map(|seen| seen.body).collect();
    let asked = format!("{DEPLOYMENT}new");
    assert_eq!(
        bodies,
        [
            json!({ "cluster": "web", "service": ARN, "maxResults": 20 }),
            json!({ "serviceDeploymentArns": [asked] }),
        ]
    );
}

#[tokio::test]
async fn a_failed_last_deployment_without_reason_is_explained_by_its_rollback() {
    let arn_of_it = format!("{DEPLOYMENT}1");
    let failed = json!({ "serviceDeploymentArn": arn_of_it, "status": "ROLLBACK_SUCCESSFUL" });
    let mut detail = failed.clone();
    detail["rollback"] = json!({ "reason": "circuit breaker at 2026-11-24T22:22:54Z" });
    let answer = json!({ "serviceDeployments": [detail] });
    let list = json!({ "serviceDeployments": [failed] });
    let server = Loopback::start(move |seen| match seen.action.as_str() {
        "ListServiceDeployments" => ok(list.clone()),
        _ => ok(answer.clone()),
    });
    let found = adapter(&server)
        .deployments(&arn(), &nothing_hidden())
        .await
        .unwrap();
    assert_eq!(found[0].reason.as_deref(), Some("circuit breaker"));
}

#[tokio::test]
async fn ended_deployments_are_not_described_again() {
    let server = answering(json!({ "serviceDeployments": [
        { "serviceDeploymentArn": "a", "status": "SUCCESSFUL" },
        { "serviceDeploymentArn": "b", "status": "STOPPED" },
    ]}));
    assert_eq!(
        adapter(&server)
            .deployments(&arn(), &nothing_hidden())
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(server.actions(), ["ListServiceDeployments"]);
}

#[tokio::test]
async fn managed_resources_are_one_sorted_list_by_arn_or_name() {
    let it = |arn: &str| json!({ "arn": arn, "status": "ACTIVE", "updatedAt": 1 });
    let log_group = json!({ "status": "FAILED", "statusReason": "no right to logs", "updatedAt": 1, "logGroupName": "/shop" });
    let server = answering(json!({ "serviceRevisions": [{ "ecsManagedResources": {
        "ingressPaths": [{
            "accessType": "PUBLIC", "endpoint": "x", "loadBalancer": it("lb"),
            "loadBalancerSecurityGroups": [it("lbsg")], "certificate": it("cert"),
            "listener": it("listener"), "rule": it("rule"), "targetGroups": [it("tg2"), it("tg1")],
        }],
        "autoScaling": {
            "scalableTarget": it("target"), "applicationAutoScalingPolicies": [it("policy")],
        },
        "metricAlarms": [it("alarm")],
        "serviceSecurityGroups": [it("sg")],
        "logGroups": [log_group],
    }}]}));
    let found = adapter(&server)
        .managed_resources(&arn(), REVISION, &nothing_hidden())
        .await
        .unwrap();
    assert_eq!(
        server.sole_request().body,
        json!({ "serviceRevisionArns": [REVISION] })
    );
    let shown: Vec<_> = found
        .iter()
        .map(|it| format!("{} {}", it.r#type, it.arn.as_deref().unwrap()))
        .collect();
    assert_eq!(
        shown,
        [
            "Alarm alarm",
            "Certificate cert",
            "Listener listener",
            "ListenerRule rule",
            "LoadBalancer lb",
            "LoadBalancerSecurityGroup lbsg",
            "LogGroup /shop",
            "ScalableTarget target",
            "ScalingPolicy policy",
            "ServiceSecurityGroup sg",
            "TargetGroup tg1",
            "TargetGroup tg2",
        ]
    );
    let log_group = ManagedResource {
        r#type: "LogGroup".into(),
        arn: Some("/shop".into()),
        status: Some("FAILED".into()),
        reason: Some("no right to logs".into()),
    };
    assert!(found.contains(&log_group));
}

#[tokio::test]
async fn of_very_many_managed_resources_those_that_matter_are_kept_and_the_rest_is_counted() {
    let resource =
        |arn: String, status: &str| json!({ "arn": arn, "status": status, "updatedAt": 1 });
    let alarms: Vec<_> = (0..5000)
        .map(|number| {
            let status = if number == 4321 { "FAILED" } else { "ACTIVE" };
            resource(format!("alarm-{number}"), status)
        })
        .collect();
    let long = "X".repeat(100_000);
    let group = resource("security-group/sg-0a".into(), &long);
    let server = answering(json!({ "serviceRevisions": [{
        "serviceRevisionArn": REVISION,
        "ecsManagedResources": { "metricAlarms": alarms, "serviceSecurityGroups": [group] },
    }]}));
    let found = adapter(&server)
        .managed_resources(&arn(), REVISION, &nothing_hidden())
        .await
        .unwrap();
    assert_eq!(found.len(), 101);
    assert!(found.iter().any(ManagedResource::has_failed));
    let group = found.iter().find(|it| it.r#type == "ServiceSecurityGroup");
    assert!(group.unwrap().status.as_ref().unwrap().len() < 200);
    let rest: Vec<_> = found.iter().filter(|it| it.r#type == "Other").collect();
    let [rest] = rest[..] else {
        panic!("{rest:?}");
    };
    assert_eq!(
        rest.reason.as_deref(),
        Some("ECS reports 4901 more resources")
    );
}

#[tokio::test]
async fn a_revision_that_ecs_does_not_know_yet_is_not_one_without_resources() {
    let unknown = answering(json!({ "serviceRevisions": [], "failures": missing() }));
    let failure = adapter(&unknown)
        .managed_resources(&arn(), REVISION, &nothing_hidden())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    let text = "Cannot call DescribeServiceRevisions for a service that is INACTIVE";
    let inactive = Loopback::start(move |_| refused(400, "InvalidParameterException", text));
    let found = adapter(&inactive)
        .managed_resources(&arn(), REVISION, &nothing_hidden())
        .await;
    assert_eq!(found, Ok(vec![]));
}

#[tokio::test]
async fn tags_are_read_by_arn() {
    let server = answering(json!({ "tags": [{ "key": "a", "value": "1" }] }));
    let tags = adapter(&server)
        .tags(&arn(), &nothing_hidden())
        .await
        .unwrap();
    assert_eq!(tags, [("a".to_owned(), "1".to_owned())].into());
    assert_eq!(server.sole_request().body, json!({ "resourceArn": ARN }));
}
