//! An example of an input and a call result for each reason. `docs/conditions.md` shows what the program says of each.

mod rejections;

use std::time::Duration;

use ecs_express_operator::{
    api::{conditions::reasons, status::ManagedResource},
    core::{
        desired::object::Desired,
        observed::{
            history::ObservedAt,
            service::{Observed, Read, Service, StatusCode, TaskCounts},
        },
        record::call_result::CallResult,
    },
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::{Value, json};

use self::rejections::rejections;
use crate::fixtures::*;

/// An input and the result of its call.
pub type MessageExample = (OwnedInput, CallResult);

pub fn spec(patch: Value) -> Desired {
    desired(&[json!({ "spec": patch })])
}

fn running(desired: &Desired, change: impl FnOnce(&mut Service)) -> Observed {
    let mut service = service(desired);
    change(&mut service);
    Observed::Present(Box::new(service))
}

/// An idle example of a spec and an observed service.
pub fn idle(desired: Desired, observed: Observed) -> MessageExample {
    let state = applied_state(&desired);
    (
        OwnedInput::of(desired, observed, Some(state)),
        CallResult::Idle,
    )
}

fn has_image(image: &str) -> impl FnOnce(&mut Service) {
    let image = image.to_owned();
    |service| {
        let revision = &mut service.revisions[0];
        revision.arn = "r9".into();
        revision.configuration.container.as_mut().unwrap().image = image;
    }
}

pub fn message_examples() -> Vec<(&'static str, MessageExample)> {
    let mut message_examples = rollouts();
    message_examples.extend(differences());
    message_examples.extend(owners());
    message_examples.extend(rejections());
    message_examples.extend(ends());
    message_examples
}

fn rollouts() -> Vec<(&'static str, MessageExample)> {
    let wanted = || desired(&[]);
    let edited = || spec(json!({"primaryContainer": {"image": "shop:2"}}));
    let create = || OwnedInput::of(wanted(), MISSING, Some(empty_state()));
    let deploying = running(&wanted(), |service| {
        let mut canary = service.revisions[0].clone();
        canary.arn = "r2".into();
        canary.created_at = Some(at(20));
        canary.configuration.container.as_mut().unwrap().image = "shop:2".into();
        service.revisions.push(canary);
        service.deployments = Read::Got(vec![in_progress("r2", "BAKE_TIME")]);
    });
    let rolled_back = running(&wanted(), |service| {
        let mut failed = deployment("r2", "ROLLBACK_SUCCESSFUL");
        failed.reason = Some(
            "Service deployment rolled back because the circuit breaker threshold was exceeded."
                .into(),
        );
        service.deployments = Read::Got(vec![failed, deployment(REVISION, "SUCCESSFUL")]);
    });
    let mut sent = applied_state(&edited());
    sent.last_applied.as_mut().unwrap().revision = Some("r2".into());
    let updated = || CallResult::Updated { revision: None };
    let sending = |desired: Desired, observed: Observed| {
        (
            OwnedInput::of(desired, observed, Some(applied_state(&wanted()))),
            updated(),
        )
    };
    vec![
        (
            reasons::CREATING,
            (
                create(),
                CallResult::Created {
                    created_at: None,
                    tagged: true,
                },
            ),
        ),
        (
            reasons::CREATED,
            (
                create(),
                CallResult::Created {
                    created_at: None,
                    tagged: true,
                },
            ),
        ),
        (
            reasons::PROVISIONING,
            idle(
                wanted(),
                running(&wanted(), |service| {
                    service.deployments = Read::Got(vec![in_progress(REVISION, "SCALE_UP")]);
                }),
            ),
        ),
        (reasons::DEPLOYING, idle(edited(), deploying)),
        (
            reasons::MANAGED_RESOURCE_FAILED,
            idle(wanted(), waiting_for_load_balancer("FAILED")),
        ),
        (
            reasons::PROGRESS_DEADLINE_EXCEEDED,
            idle(wanted(), waiting_for_load_balancer("PROVISIONING")),
        ),
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
            (
                OwnedInput::of(edited(), rolled_back, Some(sent)),
                CallResult::Idle,
            ),
        ),
        (
            reasons::DRIFT_CORRECTED,
            sending(wanted(), running(&wanted(), has_image("evil:1"))),
        ),
    ]
}

/// A first deployment whose load balancer is missing.
fn waiting_for_load_balancer(status: &str) -> Observed {
    let mut stuck = in_progress(REVISION, "SCALE_UP");
    stuck.started_at = Some(Time(at(20)));
    let load_balancer = ManagedResource {
        r#type: "LoadBalancer".into(),
        arn: None,
        status: Some(status.into()),
        reason: Some(
            "AccessDenied: not authorized to perform elasticloadbalancing:CreateLoadBalancer"
                .into(),
        ),
    };
    running(&desired(&[]), |service| {
        service.counts = Read::Got(TaskCounts {
            desired: 1,
            running: 0,
            pending: 1,
        });
        service.managed_resources = Read::Got(vec![load_balancer]);
        service.deployments = Read::Got(vec![stuck]);
    })
}

fn differences() -> Vec<(&'static str, MessageExample)> {
    let wanted = || desired(&[]);
    let task_role = spec(json!({"taskRoleArn": "arn:aws:iam::123456789012:role/task"}));
    let report = || spec(json!({"driftPolicy": "Report"}));
    let path = spec(json!({"healthCheckPath": "/health?deep=true"}));
    let other_path = running(&path, |service| {
        service.revisions[0].configuration.health_check_path = Some("/health".into());
    });
    let tagged = spec(json!({"tags": [{"key": "team", "value": "a"}]}));
    let deploying = running(&wanted(), |service| {
        service.deployments = Read::Got(vec![in_progress(REVISION, "SCALE_UP")]);
    });
    let deleted = applied_state(&report());
    vec![
        (
            reasons::LEFT_IN_FORCE,
            (
                OwnedInput::of(
                    wanted(),
                    running(&task_role, |_| ()),
                    Some(applied_state(&task_role)),
                ),
                CallResult::Idle,
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
                OwnedInput::of(tagged, deploying, Some(applied_state(&wanted()))),
                CallResult::Accepted,
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
                OwnedInput::of(report(), MISSING, Some(deleted)).observed_for(10),
                CallResult::Idle,
            ),
        ),
        (
            reasons::UNKNOWN_STATUS,
            idle(
                wanted(),
                running(&wanted(), |service| {
                    service.code = StatusCode::Other("PAUSED".into());
                }),
            ),
        ),
        (reasons::WAITING, idle(wanted(), MISSING)),
    ]
}

fn owners() -> Vec<(&'static str, MessageExample)> {
    let adopt = || spec(json!({"adoptionPolicy": "Adopt"}));
    let another = |desired: &Desired| running(desired, |service| service.tags = other_owner_tags());
    let new = |desired: Desired, observed: Observed, result: CallResult| {
        (
            OwnedInput::of(desired, observed, Some(empty_state())),
            result,
        )
    };
    let other_image = running(&adopt(), |service| {
        remove_owner_tags(service);
        has_image("theirs:1")(service);
    });
    let deleting = desired(&[deleting("Delete")]);
    let mut left_alone = OwnedInput::of(
        deleting.clone(),
        another(&deleting),
        Some(applied_state(&deleting)),
    );
    for seconds in [0, 10] {
        let uptime = Duration::from_secs(seconds);
        left_alone
            .history
            .record_owner(true, ObservedAt::at(uptime));
    }
    vec![
        (
            reasons::NOT_OWNED,
            new(desired(&[]), another(&desired(&[])), CallResult::Idle),
        ),
        (
            reasons::ADOPTING,
            new(
                adopt(),
                running(&adopt(), remove_owner_tags),
                CallResult::Accepted,
            ),
        ),
        (
            reasons::ADOPTION_NOT_CONFIRMED,
            new(adopt(), other_image, CallResult::Idle),
        ),
        (reasons::LEFT_ALONE, (left_alone, CallResult::Idle)),
        (
            reasons::IDENTITY_CHANGED,
            idle(desired(&[other_identity()]), Observed::NotAsked),
        ),
    ]
}

fn ends() -> Vec<(&'static str, MessageExample)> {
    let leaves = |policy: &str| desired(&[deleting(policy)]);
    let runs = |policy: &str| running(&leaves(policy), |_| ());
    let draining = running(&leaves("Delete"), |service| {
        service.code = StatusCode::Draining;
    });
    let (deleting, _) = idle(leaves("Delete"), runs("Delete"));
    let (gone, result) = idle(leaves("Delete"), MISSING);
    vec![
        (reasons::DELETING, (deleting, CallResult::Accepted)),
        (reasons::DRAINING, idle(leaves("Delete"), draining)),
        (reasons::DELETED, (gone.observed_for(10), result)),
        (reasons::RETAINED, idle(leaves("Retain"), runs("Retain"))),
    ]
}
