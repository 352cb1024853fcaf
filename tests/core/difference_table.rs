//! The last rows of the decision table: what is done about each difference of a living service of ours.

use ecs_express_operator::{
    api::{annotations, memory::RolledBack, status::DeploymentStatus},
    core::{
        decide::decision::Decision,
        observed::{
            failure::{Effect, FailureKind},
            service::{Observed, Read, Service},
        },
    },
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::json;

use crate::{fixtures::*, table::row};

/// What can differ between the spec and an ACTIVE service of ours.
fn circumstances(report: bool) -> Vec<(String, Decision)> {
    let policy = json!({"spec": {"driftPolicy": if report { "Report" } else { "Correct" }}});
    let edit = json!({"spec": {"primaryContainer": {"image": "shop:2"}}});
    let scale = json!({"spec": {"scalingTarget": {"maxTaskCount": 5}}});
    let before = desired(std::slice::from_ref(&policy));
    let edited = desired(&[policy.clone(), edit.clone()]);
    let scaled = desired(&[policy.clone(), edit, scale]);
    let ran_before = |change: &dyn Fn(&mut Service)| {
        let mut service = service(&before);
        change(&mut service);
        Observed::Present(Box::new(service))
    };
    let foreign_image = |service: &mut Service| {
        service.revisions[0].arn = format!("{REVISION}9");
        service.revisions[0]
            .configuration
            .container
            .as_mut()
            .unwrap()
            .image = "evil:1".into();
    };
    let memory = || remembering(&before);
    let update = |hash: &str, result| {
        let mut memory = memory();
        memory.intent = Some(intent("Update", hash, result));
        memory
    };
    let rolled_back = || {
        let mut memory = remembering(&edited);
        memory.rolled_back = Some(RolledBack {
            rollout_hash: edited.configuration.rollout_hash(),
            revision: None,
            status: None,
            reason: None,
        });
        memory
    };
    let began = |revision: &str, status: &str, seconds: i64| DeploymentStatus {
        started_at: Some(Time(at(seconds))),
        ..deployment(revision, status)
    };
    let rolled_back_deployment = |service: &mut Service| {
        service.deployments = Read::Got(vec![
            began("r2", "ROLLBACK_SUCCESSFUL", 5),
            deployment(REVISION, "SUCCESSFUL"),
        ]);
    };
    let with = |patch| desired(&[policy.clone(), patch]);
    let restart = json!({"metadata": {"annotations": {(annotations::RESTART): "1"}}});
    let retry = json!({"metadata": {"annotations": {(annotations::RETRY): "1"}}});
    let edit = json!({"spec": {"primaryContainer": {"image": "shop:2"}}});
    let tags = json!({"spec": {"tags": [{"key": "team", "value": "a"}]}});
    let role = json!({"spec": {"infrastructureRoleArn": "arn:aws:iam::123456789012:role/other"}});
    let mut tagged_before = memory();
    if let Some(applied) = &mut tagged_before.last_applied {
        applied.tag_keys = vec!["team".into()];
        applied.tags_hash = Some("other".into());
    }
    let mut sent = remembering(&edited);
    sent.last_applied.as_mut().unwrap().revision = Some("r2".into());
    let mut task_definition_before = memory();
    let applied = task_definition_before.last_applied.as_mut().unwrap();
    applied.mode = "TaskDefinition".into();
    applied.hash = "other".into();
    let mut switch_in_flight = task_definition_before.clone();
    switch_in_flight.intent = Some(intent("Update", &before.configuration.hash(), None));
    let sent_before_scaling = sent.clone();
    let failed = |service: &mut Service| {
        service.deployments = Read::Got(vec![deployment(REVISION, "STOPPED")]);
    };
    let retry_of_failed = json!({"metadata": {"annotations": {(annotations::RETRY): "1"}}});
    let none = &|_: &mut Service| ();
    let scenes: Vec<(&str, Scene)> = vec![
        (
            "no difference",
            Scene::of(before.clone(), ran_before(none), Some(memory())),
        ),
        (
            "no difference, no memory",
            Scene::of(before.clone(), ran_before(none), None),
        ),
        (
            "edited",
            Scene::of(edited.clone(), ran_before(none), Some(memory())),
        ),
        (
            "differs, no memory",
            Scene::of(edited.clone(), ran_before(none), None),
        ),
        (
            "changed outside",
            Scene::of(before.clone(), ran_before(&foreign_image), Some(memory())),
        ),
        (
            "edited and changed outside",
            Scene::of(edited.clone(), ran_before(&foreign_image), Some(memory())),
        ),
        (
            "ECS reads our own revision otherwise",
            Scene::of(edited.clone(), ran_before(none), Some(remembering(&edited))),
        ),
        (
            "infrastructure role edited",
            Scene::of(with(role), ran_before(none), Some(memory())),
        ),
        (
            "same update in flight, fate unknown",
            Scene::of(
                edited.clone(),
                ran_before(none),
                Some(update(&edited.configuration.hash(), None)),
            ),
        ),
        (
            "other update in flight, fate unknown",
            Scene::of(
                edited.clone(),
                ran_before(none),
                Some(update("other", None)),
            ),
        ),
        (
            "other update in flight, accepted",
            Scene::of(
                edited.clone(),
                ran_before(none),
                Some(update("other", Some("Accepted"))),
            ),
        ),
        (
            "same update in flight, unknown, for 120 s",
            Scene::of(
                edited.clone(),
                ran_before(none),
                Some(update(&edited.configuration.hash(), None)),
            )
            .seen_for(120),
        ),
        (
            "rolled back, on record",
            Scene::of(edited.clone(), ran_before(none), Some(rolled_back())),
        ),
        (
            "rolled back, no memory",
            Scene::of(edited.clone(), ran_before(&rolled_back_deployment), None),
        ),
        (
            "rolled back, scaling edited",
            Scene::of(scaled.clone(), ran_before(none), Some(rolled_back())),
        ),
        (
            "rolled back, retry asked",
            Scene::of(
                desired(&[policy.clone(), edit.clone(), retry]),
                ran_before(none),
                Some(rolled_back()),
            ),
        ),
        (
            "rolled back, restart asked",
            Scene::of(
                desired(&[policy.clone(), edit, restart.clone()]),
                ran_before(none),
                Some(rolled_back()),
            ),
        ),
        (
            "restart asked",
            Scene::of(with(restart), ran_before(none), Some(memory())),
        ),
        (
            "tag added",
            Scene::of(with(tags.clone()), ran_before(none), Some(memory())),
        ),
        (
            "tag changed outside",
            Scene::of(
                with(tags.clone()),
                ran_before(none),
                Some(remembering(&with(tags.clone()))),
            ),
        ),
        (
            "tag removed",
            Scene::of(
                before.clone(),
                ran_before(&|s| {
                    s.tags.insert("team".into(), "a".into());
                }),
                Some(tagged_before),
            ),
        ),
        (
            "foreign tag",
            Scene::of(
                before.clone(),
                ran_before(&|s| {
                    s.tags.insert("cost".into(), "1".into());
                }),
                Some(memory()),
            ),
        ),
        (
            "sent, and its rollback under way with the canary gone",
            Scene::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![deployment("r2", "ROLLBACK_IN_PROGRESS")]);
                }),
                Some(sent.clone()),
            ),
        ),
        (
            "sent, and the deployments cannot be read",
            Scene::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Failed(failure(FailureKind::Throttled, Effect::None));
                }),
                Some(sent.clone()),
            ),
        ),
        (
            "sent, and stopped by somebody's later deployment",
            Scene::of(
                edited.clone(),
                ran_before(&|s| {
                    s.revisions[0].arn = "r3".into();
                    s.deployments = Read::Got(vec![
                        deployment("r3", "SUCCESSFUL"),
                        deployment("r2", "STOPPED"),
                    ]);
                }),
                Some(sent),
            ),
        ),
        (
            "update in flight, fate unknown, and its deployment rolled back",
            Scene::of(
                edited.clone(),
                ran_before(&rolled_back_deployment),
                Some(update(&edited.configuration.hash(), None)),
            )
            .seen_for(120),
        ),
        (
            "update in flight, fate unknown, and an older deployment rolled back",
            Scene::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![began("r2", "ROLLBACK_SUCCESSFUL", -3600)]);
                }),
                Some(update(&edited.configuration.hash(), None)),
            )
            .seen_for(120),
        ),
        (
            "update in flight, fate unknown, its deployment begun for 120 s",
            Scene::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![began("r2", "IN_PROGRESS", 5)]);
                }),
                Some(update(&edited.configuration.hash(), None)),
            )
            .seen_for(120),
        ),
        (
            "switch of mode in flight, fate unknown, and it runs",
            Scene::of(
                before.clone(),
                ran_before(&|s| {
                    s.revisions[0].arn = "r2".into();
                    s.deployments = Read::Got(vec![began("r2", "IN_PROGRESS", 5)]);
                }),
                Some(switch_in_flight),
            ),
        ),
        (
            "no memory, and a rollback under way",
            Scene::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![began("r2", "ROLLBACK_IN_PROGRESS", 5)]);
                }),
                None,
            ),
        ),
        (
            "scaling edited while the rest is being rolled back",
            Scene::of(
                scaled.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![began("r2", "ROLLBACK_IN_PROGRESS", 5)]);
                }),
                Some(sent_before_scaling),
            ),
        ),
        (
            "update in flight, fate unknown, owner tags lost",
            Scene::of(
                edited.clone(),
                ran_before(&without_owner),
                Some(update(&edited.configuration.hash(), None)),
            ),
        ),
        (
            "edited, no revision yet",
            Scene::of(
                edited.clone(),
                ran_before(&|s| s.revisions.clear()),
                Some(memory()),
            ),
        ),
        (
            "was a task definition, now managed with the same values",
            Scene::of(
                before.clone(),
                ran_before(none),
                Some(task_definition_before),
            ),
        ),
        (
            "runs, and its deployment failed",
            Scene::of(before.clone(), ran_before(&failed), Some(memory())),
        ),
        (
            "runs, its deployment failed, retry asked",
            Scene::of(with(retry_of_failed), ran_before(&failed), Some(memory())),
        ),
        (
            "fresh, minimum 0, no deployment to be found",
            Scene::of(
                desired(&[
                    policy.clone(),
                    json!({"spec": {"scalingTarget": {"minTaskCount": 0}}}),
                ]),
                ran_before(&|s| {
                    s.revisions[0].created_at = Some(at(10 * 24 * 3600 - 60));
                    s.revisions[0].configuration.scaling.min_task_count = Some(0);
                    s.deployments = Read::Got(vec![]);
                }),
                None,
            ),
        ),
        (
            "no revision yet",
            Scene::of(
                before.clone(),
                ran_before(&|s| s.revisions.clear()),
                Some(memory()),
            ),
        ),
        (
            "deployment in progress",
            Scene::of(
                before.clone(),
                ran_before(&|s| s.deployments = Read::Got(vec![in_progress(REVISION, "SCALE_UP")])),
                Some(memory()),
            ),
        ),
        (
            "deployment forgotten, at rest",
            Scene::of(
                before.clone(),
                ran_before(&|s| s.deployments = Read::Got(vec![])),
                Some(memory()),
            ),
        ),
    ];
    scenes
        .into_iter()
        .map(|(name, scene)| (name.to_owned(), scene.decide()))
        .collect()
}

#[test]
fn what_is_done_about_each_difference_of_a_living_service() {
    let mut table = Vec::new();
    for (correct, report) in circumstances(false).into_iter().zip(circumstances(true)) {
        let name = &correct.0;
        if row("", &correct.1) == row("", &report.1) {
            table.push(row(&format!("{name} | either policy"), &correct.1));
        } else {
            table.push(row(&format!("{name} | Correct"), &correct.1));
            table.push(row(&format!("{name} | Report"), &report.1));
        }
    }
    insta::assert_snapshot!("differences", table.join("\n"));
}
