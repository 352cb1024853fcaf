//! The last rows of the decision table: the action for each difference of an active service of ours.

use ecs_express_operator::{
    api::{annotations, operator_state::RolledBack, status::DeploymentStatus},
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

use crate::{decision_table::row, fixtures::*};

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
    let other_image = |service: &mut Service| {
        service.revisions[0].arn = format!("{REVISION}9");
        service.revisions[0]
            .configuration
            .container
            .as_mut()
            .unwrap()
            .image = "evil:1".into();
    };
    let state = || applied_state(&before);
    let update = |hash: &str, result| {
        let mut state = state();
        state.intent = Some(intent("Update", hash, result));
        state
    };
    let rolled_back = || {
        let mut state = applied_state(&edited);
        state.rolled_back = Some(RolledBack {
            rollout_hash: edited.configuration.rollout_hash(),
            revision: None,
            status: None,
            reason: None,
        });
        state
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
    let mut tagged_before = state();
    if let Some(applied) = &mut tagged_before.last_applied {
        applied.tag_keys = vec!["team".into()];
        applied.tags_hash = Some("other".into());
    }
    let mut sent = applied_state(&edited);
    sent.last_applied.as_mut().unwrap().revision = Some("r2".into());
    let mut task_definition_before = state();
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
    let inputs: Vec<(&str, OwnedInput)> = vec![
        (
            "no difference",
            OwnedInput::of(before.clone(), ran_before(none), Some(state())),
        ),
        (
            "no difference, no operator state",
            OwnedInput::of(before.clone(), ran_before(none), None),
        ),
        (
            "edited",
            OwnedInput::of(edited.clone(), ran_before(none), Some(state())),
        ),
        (
            "differs, no operator state",
            OwnedInput::of(edited.clone(), ran_before(none), None),
        ),
        (
            "changed outside",
            OwnedInput::of(before.clone(), ran_before(&other_image), Some(state())),
        ),
        (
            "edited and changed outside",
            OwnedInput::of(edited.clone(), ran_before(&other_image), Some(state())),
        ),
        (
            "ECS reads our own revision differently",
            OwnedInput::of(
                edited.clone(),
                ran_before(none),
                Some(applied_state(&edited)),
            ),
        ),
        (
            "infrastructure role edited",
            OwnedInput::of(with(role), ran_before(none), Some(state())),
        ),
        (
            "same update in doubt",
            OwnedInput::of(
                edited.clone(),
                ran_before(none),
                Some(update(&edited.configuration.hash(), None)),
            ),
        ),
        (
            "other update in doubt",
            OwnedInput::of(
                edited.clone(),
                ran_before(none),
                Some(update("other", None)),
            ),
        ),
        (
            "other update accepted, not observed yet",
            OwnedInput::of(
                edited.clone(),
                ran_before(none),
                Some(update("other", Some("Accepted"))),
            ),
        ),
        (
            "same update in doubt, for 120 s",
            OwnedInput::of(
                edited.clone(),
                ran_before(none),
                Some(update(&edited.configuration.hash(), None)),
            )
            .observed_for(120),
        ),
        (
            "rolled back, on record",
            OwnedInput::of(edited.clone(), ran_before(none), Some(rolled_back())),
        ),
        (
            "rolled back, no operator state",
            OwnedInput::of(edited.clone(), ran_before(&rolled_back_deployment), None),
        ),
        (
            "rolled back, scaling edited",
            OwnedInput::of(scaled.clone(), ran_before(none), Some(rolled_back())),
        ),
        (
            "rolled back, retry requested",
            OwnedInput::of(
                desired(&[policy.clone(), edit.clone(), retry]),
                ran_before(none),
                Some(rolled_back()),
            ),
        ),
        (
            "rolled back, restart requested",
            OwnedInput::of(
                desired(&[policy.clone(), edit, restart.clone()]),
                ran_before(none),
                Some(rolled_back()),
            ),
        ),
        (
            "restart requested",
            OwnedInput::of(with(restart), ran_before(none), Some(state())),
        ),
        (
            "tag added",
            OwnedInput::of(with(tags.clone()), ran_before(none), Some(state())),
        ),
        (
            "tag changed outside",
            OwnedInput::of(
                with(tags.clone()),
                ran_before(none),
                Some(applied_state(&with(tags.clone()))),
            ),
        ),
        (
            "tag removed",
            OwnedInput::of(
                before.clone(),
                ran_before(&|s| {
                    s.tags.insert("team".into(), "a".into());
                }),
                Some(tagged_before),
            ),
        ),
        (
            "tag of another client",
            OwnedInput::of(
                before.clone(),
                ran_before(&|s| {
                    s.tags.insert("cost".into(), "1".into());
                }),
                Some(state()),
            ),
        ),
        (
            "sent, and its rollback in progress with the canary gone",
            OwnedInput::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![deployment("r2", "ROLLBACK_IN_PROGRESS")]);
                }),
                Some(sent.clone()),
            ),
        ),
        (
            "sent, and the deployments cannot be read",
            OwnedInput::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Failed(failure(FailureKind::Throttled, Effect::None));
                }),
                Some(sent.clone()),
            ),
        ),
        (
            "sent, and stopped by another client's later deployment",
            OwnedInput::of(
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
            "update in doubt, and its deployment rolled back",
            OwnedInput::of(
                edited.clone(),
                ran_before(&rolled_back_deployment),
                Some(update(&edited.configuration.hash(), None)),
            )
            .observed_for(120),
        ),
        (
            "update in doubt, and an older deployment rolled back",
            OwnedInput::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![began("r2", "ROLLBACK_SUCCESSFUL", -3600)]);
                }),
                Some(update(&edited.configuration.hash(), None)),
            )
            .observed_for(120),
        ),
        (
            "update in doubt, its deployment started 120 s ago",
            OwnedInput::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![began("r2", "IN_PROGRESS", 5)]);
                }),
                Some(update(&edited.configuration.hash(), None)),
            )
            .observed_for(120),
        ),
        (
            "switch of mode in doubt, and it runs",
            OwnedInput::of(
                before.clone(),
                ran_before(&|s| {
                    s.revisions[0].arn = "r2".into();
                    s.deployments = Read::Got(vec![began("r2", "IN_PROGRESS", 5)]);
                }),
                Some(switch_in_flight),
            ),
        ),
        (
            "no operator state, and a rollback in progress",
            OwnedInput::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![began("r2", "ROLLBACK_IN_PROGRESS", 5)]);
                }),
                None,
            ),
        ),
        (
            "scaling edited while the rest is being rolled back",
            OwnedInput::of(
                scaled.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![began("r2", "ROLLBACK_IN_PROGRESS", 5)]);
                }),
                Some(sent_before_scaling.clone()),
            ),
        ),
        (
            "update in doubt, owner tags lost",
            OwnedInput::of(
                edited.clone(),
                ran_before(&remove_owner_tags),
                Some(update(&edited.configuration.hash(), None)),
            ),
        ),
        (
            "edited, no revision yet",
            OwnedInput::of(
                edited.clone(),
                ran_before(&|s| s.revisions.clear()),
                Some(state()),
            ),
        ),
        (
            "was a task definition, now managed with the same values",
            OwnedInput::of(
                before.clone(),
                ran_before(none),
                Some(task_definition_before),
            ),
        ),
        (
            "runs, and its deployment failed",
            OwnedInput::of(before.clone(), ran_before(&failed), Some(state())).observed_for(120),
        ),
        (
            "runs, its deployment failed, retry requested",
            OwnedInput::of(
                with(retry_of_failed.clone()),
                ran_before(&failed),
                Some(state()),
            )
            .observed_for(120),
        ),
        (
            "runs, and its deployment has just been stopped",
            OwnedInput::of(before.clone(), ran_before(&failed), Some(state())),
        ),
        (
            "runs, its deployment has just been stopped, retry requested",
            OwnedInput::of(with(retry_of_failed), ran_before(&failed), Some(state())),
        ),
        (
            "sent, and its deployment was stopped before it was shown",
            OwnedInput::of(
                edited.clone(),
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![
                        deployment("r2", "STOPPED"),
                        deployment("r1", "SUCCESSFUL"),
                    ]);
                }),
                Some(sent_before_scaling.clone()),
            ),
        ),
        (
            "fresh, minimum 0, no deployment to be found",
            OwnedInput::of(
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
            OwnedInput::of(
                before.clone(),
                ran_before(&|s| s.revisions.clear()),
                Some(state()),
            ),
        ),
        (
            "deployment in progress",
            OwnedInput::of(
                before.clone(),
                ran_before(&|s| s.deployments = Read::Got(vec![in_progress(REVISION, "SCALE_UP")])),
                Some(state()),
            ),
        ),
        (
            "deployment forgotten, idle",
            OwnedInput::of(
                before.clone(),
                ran_before(&|s| s.deployments = Read::Got(vec![])),
                Some(state()),
            ),
        ),
    ];
    inputs
        .into_iter()
        .map(|(name, given)| (name.to_owned(), given.decide()))
        .collect()
}

#[test]
fn the_action_for_each_difference_of_an_active_service() {
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
