//! What the program says in each of its reasons: a scene for each, through the shipped decision and report.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_operator::{
    api::{ExpressServiceStatus, conditions::reasons},
    core::{
        desired::Desired,
        events::events,
        failure::{Effect, Failure, FailureKind},
        observed::{Observed, Read, Service, StatusCode},
        remember::{Outcome, intent as sent_intent, remember},
        status::project,
    },
};
use serde_json::{Value, json};

use crate::fixtures::*;

/// The conditions or the event of each reason, as text.
pub fn messages() -> BTreeMap<&'static str, String> {
    let scenes = scenes();
    scenes
        .into_iter()
        .map(|(reason, (scene, outcome))| (reason, said(reason, &scene, &outcome)))
        .collect()
}

/// What a scene says with this reason: the conditions, or else the event.
fn said(reason: &str, scene: &Scene, outcome: &Outcome) -> String {
    let decision = scene.decide();
    let sent = sent_intent(&scene.case(), &decision.action, at(60));
    let memory = remember(&scene.case(), &decision, sent, outcome, at(60));
    let before = ExpressServiceStatus::default();
    let status = project(&before, &scene.case(), &decision, outcome, memory, at(60));
    let mut said: Vec<(String, String)> = Vec::new();
    let conditions = status.conditions.iter();
    for condition in conditions.filter(|condition| condition.reason == reason) {
        let name = format!("{}={}", condition.type_, condition.status);
        match said
            .iter_mut()
            .find(|(_, message)| *message == condition.message)
        {
            Some((names, _)) => names.push_str(&format!(", {name}")),
            None => said.push((name, condition.message.clone())),
        }
    }
    if said.is_empty() {
        for event in events(&before, &status, &scene.case(), &decision, outcome) {
            if event.reason == reason {
                said.push((format!("{:?} event", event.severity), event.note));
            }
        }
    }
    assert!(!said.is_empty(), "{reason} is not said: {status:#?}");
    said.iter()
        .map(|(names, message)| format!("{names}:\n{}", wrapped(message)))
        .collect()
}

/// Lines that a page can show; a word is never cut.
fn wrapped(message: &str) -> String {
    const WIDTH: usize = 110;
    let mut lines = vec![String::from(" ")];
    for word in message.split(' ') {
        if lines.last().unwrap().len() + word.len() > WIDTH && lines.last().unwrap().len() > 1 {
            lines.push(String::from(" "));
        }
        let line = lines.last_mut().unwrap();
        line.push(' ');
        line.push_str(word);
    }
    lines.join("\n") + "\n"
}

type Told = (Scene, Outcome);

fn spec(patch: Value) -> Desired {
    desired(&[json!({ "spec": patch })])
}

fn running(desired: &Desired, change: impl FnOnce(&mut Service)) -> Observed {
    let mut service = service(desired);
    change(&mut service);
    Observed::Present(Box::new(service))
}

/// A scene at rest of what the spec wants and what ECS has.
fn idle(desired: Desired, observed: Observed) -> Told {
    let memory = remembering(&desired);
    (Scene::of(desired, observed, Some(memory)), Outcome::Idle)
}

fn create_refused(kind: FailureKind, code: &str, message: &str) -> Told {
    let failure = Failure {
        operation: "CreateExpressGatewayService",
        kind,
        effect: Effect::None,
        code: code.into(),
        message: message.into(),
    };
    let scene = Scene::of(desired(&[]), MISSING, Some(blank()));
    (scene, Outcome::Failed(failure))
}

fn has_image(image: &str) -> impl FnOnce(&mut Service) {
    let image = image.to_owned();
    |service| {
        let revision = &mut service.revisions[0];
        revision.arn = "r9".into();
        revision.configuration.container.as_mut().unwrap().image = image;
    }
}

fn scenes() -> Vec<(&'static str, Told)> {
    let mut scenes = rollouts();
    scenes.extend(differences());
    scenes.extend(owners());
    scenes.extend(refusals());
    scenes.extend(ends());
    scenes
}

fn rollouts() -> Vec<(&'static str, Told)> {
    let wanted = || desired(&[]);
    let edited = || spec(json!({"primaryContainer": {"image": "shop:2"}}));
    let under_way = |revision: &str, stage: &str| {
        let mut deployment = deployment(revision, "IN_PROGRESS");
        deployment.stage = Some(stage.into());
        deployment
    };
    let create = || Scene::of(wanted(), MISSING, Some(blank()));
    let deploying = running(&wanted(), |service| {
        let mut canary = service.revisions[0].clone();
        canary.arn = "r2".into();
        canary.created_at = Some(at(20));
        canary.configuration.container.as_mut().unwrap().image = "shop:2".into();
        service.revisions.push(canary);
        service.deployments = Read::Got(vec![under_way("r2", "BAKE_TIME")]);
    });
    let rolled_back = running(&wanted(), |service| {
        let mut failed = deployment("r2", "ROLLBACK_SUCCESSFUL");
        failed.reason = Some(
            "Service deployment rolled back because the circuit breaker threshold was exceeded."
                .into(),
        );
        service.deployments = Read::Got(vec![failed, deployment(REVISION, "SUCCESSFUL")]);
    });
    let mut sent = remembering(&edited());
    sent.last_applied.as_mut().unwrap().revision = Some("r2".into());
    let updated = || Outcome::Updated { revision: None };
    let sending = |desired: Desired, observed: Observed| {
        (
            Scene::of(desired, observed, Some(remembering(&wanted()))),
            updated(),
        )
    };
    vec![
        (
            reasons::CREATING,
            (create(), Outcome::Created { created_at: None }),
        ),
        (
            reasons::CREATED,
            (create(), Outcome::Created { created_at: None }),
        ),
        (
            reasons::PROVISIONING,
            idle(
                wanted(),
                running(&wanted(), |service| {
                    service.deployments = Read::Got(vec![under_way(REVISION, "SCALE_UP")]);
                }),
            ),
        ),
        (reasons::DEPLOYING, idle(edited(), deploying)),
        (
            reasons::AVAILABLE,
            idle(wanted(), running(&wanted(), |_| ())),
        ),
        (reasons::IN_SYNC, idle(wanted(), running(&wanted(), |_| ()))),
        (
            reasons::UPDATING,
            sending(edited(), running(&wanted(), |_| ())),
        ),
        (
            reasons::UPDATED,
            sending(edited(), running(&wanted(), |_| ())),
        ),
        (
            reasons::ROLLED_BACK,
            (Scene::of(edited(), rolled_back, Some(sent)), Outcome::Idle),
        ),
        (
            reasons::DRIFT_CORRECTED,
            sending(wanted(), running(&wanted(), has_image("evil:1"))),
        ),
    ]
}

fn differences() -> Vec<(&'static str, Told)> {
    let wanted = || desired(&[]);
    let task_role = spec(json!({"taskRoleArn": "arn:aws:iam::123456789012:role/task"}));
    let report = || spec(json!({"driftPolicy": "Report"}));
    let path = spec(json!({"healthCheckPath": "/health?deep=true"}));
    let other_path = running(&path, |service| {
        service.revisions[0].configuration.health_check_path = Some("/health".into());
    });
    let tagged = spec(json!({"tags": [{"key": "team", "value": "a"}]}));
    let deploying = running(&wanted(), |service| {
        service.deployments = Read::Got(vec![deployment(REVISION, "IN_PROGRESS")]);
    });
    let deleted = remembering(&report());
    vec![
        (
            reasons::LEFT_IN_FORCE,
            (
                Scene::of(
                    wanted(),
                    running(&task_role, |_| ()),
                    Some(remembering(&task_role)),
                ),
                Outcome::Idle,
            ),
        ),
        (
            reasons::DRIFTED,
            idle(report(), running(&report(), has_image("evil:1"))),
        ),
        (reasons::NOT_CONVERGING, idle(path, other_path)),
        (
            reasons::TAGGING,
            (
                Scene::of(tagged, deploying, Some(remembering(&wanted()))),
                Outcome::Accepted,
            ),
        ),
        (
            reasons::IMMUTABLE,
            idle(
                wanted(),
                running(&wanted(), |service| {
                    service.infrastructure_role_arn =
                        Some("arn:aws:iam::123456789012:role/former".into());
                }),
            ),
        ),
        (
            reasons::SUSPENDED,
            idle(spec(json!({"suspend": true})), running(&wanted(), |_| ())),
        ),
        (
            reasons::SERVICE_DELETED,
            (
                Scene::of(report(), MISSING, Some(deleted)).seen_for(10),
                Outcome::Idle,
            ),
        ),
        (
            reasons::UNKNOWN_STATUS,
            idle(
                wanted(),
                running(&wanted(), |service| {
                    service.code = StatusCode::Other("PAUSED".into())
                }),
            ),
        ),
        (reasons::WAITING, idle(wanted(), MISSING)),
    ]
}

fn owners() -> Vec<(&'static str, Told)> {
    let adopt = || spec(json!({"adoptionPolicy": "Adopt"}));
    let another = |desired: &Desired| running(desired, |service| service.tags = another_owner());
    let new = |desired: Desired, observed: Observed, outcome: Outcome| {
        (Scene::of(desired, observed, Some(blank())), outcome)
    };
    let other_image = running(&adopt(), |service| {
        without_owner(service);
        has_image("theirs:1")(service);
    });
    let leaving = desired(&[leaving("Delete")]);
    let mut left_alone = Scene::of(
        leaving.clone(),
        another(&leaving),
        Some(remembering(&leaving)),
    );
    for seconds in [0, 10] {
        let uptime = Duration::from_secs(seconds);
        left_alone.sightings.look_at_tags(true, uptime);
    }
    vec![
        (
            reasons::NOT_OWNED,
            new(desired(&[]), another(&desired(&[])), Outcome::Idle),
        ),
        (
            reasons::ADOPTING,
            new(adopt(), running(&adopt(), without_owner), Outcome::Accepted),
        ),
        (
            reasons::ADOPTION_NOT_CONFIRMED,
            new(adopt(), other_image, Outcome::Idle),
        ),
        (reasons::LEFT_ALONE, (left_alone, Outcome::Idle)),
        (
            reasons::IDENTITY_CHANGED,
            idle(desired(&[elsewhere()]), Observed::NotAsked),
        ),
    ]
}

fn refusals() -> Vec<(&'static str, Told)> {
    use FailureKind as Kind;
    let task_definition = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:7";
    vec![
        (
            reasons::INVALID_SPEC,
            idle(
                spec(json!({ "taskDefinitionArn": task_definition })),
                Observed::NotAsked,
            ),
        ),
        (
            reasons::INVALID_PARAMETER,
            create_refused(
                Kind::InvalidParameter,
                "InvalidParameterException",
                "The image name is invalid.",
            ),
        ),
        (
            reasons::ACCESS_DENIED,
            create_refused(
                Kind::AccessDenied,
                "AccessDeniedException",
                "User: arn:aws:sts::123456789012:assumed-role/operator/x is not authorized to perform: ecs:CreateExpressGatewayService",
            ),
        ),
        (
            reasons::ROLE_NOT_USABLE,
            create_refused(
                Kind::RoleNotUsable,
                "AccessDeniedException",
                "Cannot assume role arn:aws:iam::123456789012:role/infra (infrastructure role).",
            ),
        ),
        (
            reasons::CREDENTIALS,
            create_refused(
                Kind::CredentialsNotAccepted,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
        ),
        (
            reasons::CLUSTER_NOT_FOUND,
            create_refused(
                Kind::ClusterNotFound,
                "ClusterNotFoundException",
                "Cluster not found.",
            ),
        ),
        (
            reasons::UNSUPPORTED,
            create_refused(
                Kind::Unsupported,
                "UnsupportedFeatureException",
                "The specified task isn't supported in this Region.",
            ),
        ),
        (
            reasons::THROTTLED,
            create_refused(Kind::Throttled, "ThrottlingException", "Rate exceeded"),
        ),
        (
            reasons::UNAVAILABLE,
            create_refused(
                Kind::Unavailable,
                "ServerException",
                "Service Unavailable. Please try again later.",
            ),
        ),
        (
            reasons::REFUSED,
            create_refused(
                Kind::Refused,
                "ClientException",
                "The service cannot be created at this time.",
            ),
        ),
    ]
}

fn ends() -> Vec<(&'static str, Told)> {
    let leaves = |policy: &str| desired(&[leaving(policy)]);
    let runs = |policy: &str| running(&leaves(policy), |_| ());
    let draining = running(&leaves("Delete"), |service| {
        service.code = StatusCode::Draining
    });
    let (deleting, _) = idle(leaves("Delete"), runs("Delete"));
    let (gone, outcome) = idle(leaves("Delete"), MISSING);
    vec![
        (reasons::DELETING, (deleting, Outcome::Accepted)),
        (reasons::DRAINING, idle(leaves("Delete"), draining)),
        (reasons::DELETED, (gone.seen_for(10), outcome)),
        (reasons::RETAINED, idle(leaves("Retain"), runs("Retain"))),
    ]
}
