//! The decision table, row by row. The snapshots are to be read beside the design's table.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_operator::{
    api::{annotations, status::RolledBack},
    core::{
        decide::{Action, Decision, Fence},
        desired::Desired,
        failure::{Effect, FailureKind},
        observed::{Management, Observed, Read, Service, StatusCode},
        why::Why,
    },
};
use serde_json::json;

use crate::fixtures::*;

/// One row: the circumstances, the action, and the reason that people see.
fn row(circumstances: &str, decision: &Decision) -> String {
    let action = match &decision.action {
        Action::Nothing => "nothing".into(),
        Action::AddFinalizer => "add finalizer and identity".into(),
        Action::Create(_) => "CREATE".into(),
        Action::Update(request) => {
            let mut blocks = Vec::new();
            if request.configuration.container.is_some() {
                blocks.push("container");
            }
            if !request.configuration.scaling.is_unset() {
                blocks.push("scaling");
            }
            format!("UPDATE {}", blocks.join("+"))
        }
        Action::Delete => "DELETE".into(),
        Action::Tag(request) => format!("TAG {}", request.tags.len()),
        Action::Untag(request) => format!("UNTAG {}", request.keys.len()),
        Action::Adopt(request) => format!("ADOPT: TAG {}", request.tags.len()),
        Action::Retain(_) => "mark released, release finalizer".into(),
        Action::LookAtTags => "look at the tags again".into(),
        Action::ReleaseFinalizer => "release finalizer".into(),
    };
    format!(
        "{circumstances:<64} → {action:<34} {} ({:?})",
        decision.why.reason(),
        decision.why.progress()
    )
}

type Sight = (&'static str, fn(&Desired) -> (Observed, u64));

/// What can be seen of the service, and for how many seconds.
const SIGHTS: [Sight; 7] = [
    ("not readable", |_| (unreadable(), 0)),
    ("missing, seen once", |_| (MISSING, 0)),
    ("missing for 10 s", |_| (MISSING, 10)),
    ("INACTIVE for 10 s", |_| {
        (
            Observed::Missing(ecs_express_operator::core::observed::Missing::Inactive),
            10,
        )
    }),
    ("DRAINING", |desired| {
        with(desired, |service| service.code = StatusCode::Draining)
    }),
    ("ACTIVE", |desired| with(desired, |_| ())),
    ("unknown code", |desired| {
        with(desired, |service| {
            service.code = StatusCode::Other("PAUSED".into())
        })
    }),
];

fn with(desired: &Desired, change: impl FnOnce(&mut Service)) -> (Observed, u64) {
    let mut service = service(desired);
    change(&mut service);
    (Observed::Present(Box::new(service)), 0)
}

type Ownership = (&'static str, fn(&mut Service));

const OWNERS: [Ownership; 5] = [
    ("ours", |_| ()),
    ("ours, tags lost", without_owner),
    ("another's", |service| service.tags = another_owner()),
    ("free", |service| {
        without_owner(service);
        service.created_at = Some(at(99));
    }),
    ("released by another", |service| {
        service.tags = another_owner();
        service
            .tags
            .insert("ecs-express.dev/uid".into(), "released".into());
    }),
];

/// Every sight, and every owner where there is one; owners that make no difference are one row.
fn life(name: &str, patches: &[serde_json::Value]) -> String {
    let mut rows = Vec::new();
    for (sight, make) in SIGHTS {
        let wanted = desired(patches);
        let (observed, seconds) = make(&wanted);
        let mut by_owner = Vec::new();
        for (owner, change) in OWNERS {
            let mut observed = observed.clone();
            if let Observed::Present(service) = &mut observed {
                change(service);
            }
            let scene = Scene::of(desired(patches), observed, Some(remembering(&wanted)));
            by_owner.push((owner, scene.seen_for(seconds).decide()));
        }
        let first = row("", &by_owner[0].1);
        if by_owner
            .iter()
            .all(|(_, decision)| row("", decision) == first)
        {
            rows.push(row(
                &format!("{name} | {sight} | any owner"),
                &by_owner[0].1,
            ));
        } else {
            for (owner, decision) in by_owner {
                rows.push(row(&format!("{name} | {sight} | {owner}"), &decision));
            }
        }
    }
    rows.join("\n")
}

#[test]
fn what_is_done_in_each_life_for_each_sight_and_owner() {
    let table = [
        life("new", &[new_object()]),
        life("living", &[]),
        life("living, identity differs", &[elsewhere()]),
        life("living, suspended", &[json!({"spec": {"suspend": true}})]),
        life(
            "living, Report",
            &[json!({"spec": {"driftPolicy": "Report"}})],
        ),
        life(
            "living, invalid",
            &[json!({"spec": {"cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/default"}})],
        ),
        life("deleting", &[leaving("Delete")]),
        life(
            "deleting, suspended",
            &[leaving("Delete"), json!({"spec": {"suspend": true}})],
        ),
        life(
            "deleting, identity differs",
            &[leaving("Delete"), elsewhere()],
        ),
        life("deleting, Retain", &[leaving("Retain")]),
        life(
            "deleting, Retain, identity differs",
            &[leaving("Retain"), elsewhere()],
        ),
        life("deleting, no finalizer", &[left()]),
    ];
    insta::assert_snapshot!("lives", table.join("\n\n"));
}

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
    let update = |hash: &str, outcome| {
        let mut memory = memory();
        memory.intent = Some(intent("Update", hash, outcome));
        memory
    };
    let rolled_back = || {
        let mut memory = remembering(&edited);
        memory.rolled_back = Some(RolledBack {
            rollout_hash: edited.configuration.rollout_hash(),
            revision: None,
        });
        memory
    };
    let rolled_back_deployment = |service: &mut Service| {
        service.deployments = Read::Got(vec![
            deployment("r2", "ROLLBACK_SUCCESSFUL"),
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
            Scene::of(scaled, ran_before(none), Some(rolled_back())),
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
                ran_before(&|s| {
                    s.deployments = Read::Got(vec![deployment(REVISION, "IN_PROGRESS")])
                }),
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

#[test]
fn when_what_is_missing_counts_as_absent() {
    let wanted = desired(&[]);
    let mut create_sent = blank();
    create_sent.intent = Some(intent("Create", "h", None));
    let mut create_accepted = remembering(&wanted);
    create_accepted.intent = Some(intent("Create", "h", Some("Accepted")));
    let mut create_refused = blank();
    create_refused.intent = Some(intent("Create", "h", Some("Refused")));
    let memories = BTreeMap::from([
        (
            "1 finalizer stored in this pass",
            (None, Fence::FinalizerStored),
        ),
        ("2 no memory", (None, Fence::Needed)),
        ("3 nothing ever sent", (Some(blank()), Fence::Needed)),
        ("4 create refused", (Some(create_refused), Fence::Needed)),
        (
            "5 create sent, fate unknown",
            (Some(create_sent), Fence::Needed),
        ),
        (
            "6 create accepted, not seen yet",
            (Some(create_accepted), Fence::Needed),
        ),
        (
            "7 service seen before",
            (Some(remembering(&wanted)), Fence::Needed),
        ),
    ]);
    let mut table = Vec::new();
    for (name, (memory, fence)) in memories {
        for seconds in [0, 9, 10, 119, 120] {
            let mut scene = Scene::of(wanted.clone(), MISSING, memory.clone()).seen_for(seconds);
            scene.fence = fence;
            table.push(row(
                &format!("{name} | missing for {seconds} s"),
                &scene.decide(),
            ));
        }
    }
    insta::assert_snapshot!("absence", table.join("\n"));
}

#[test]
fn when_a_free_service_is_taken_over() {
    let adopt = json!({"spec": {"adoptionPolicy": "Adopt"}});
    let edit = json!({"spec": {"cpu": "512"}});
    let role = json!({"spec": {"infrastructureRoleArn": "arn:aws:iam::123456789012:role/other"}});
    let free = |change: fn(&mut Service)| {
        let mut service = service(&desired(&[]));
        without_owner(&mut service);
        change(&mut service);
        Observed::Present(Box::new(service))
    };
    let unconfirmed = desired(&[adopt.clone(), edit.clone()]);
    let why = Scene::of(unconfirmed, free(|_| ()), Some(blank()))
        .decide()
        .why;
    let Why::AdoptionNotConfirmed(hash) = why else {
        panic!("{why:?}");
    };
    let confirm = json!({"metadata": {"annotations": {(annotations::ADOPT_CONFIRM): hash}}});
    let many = |service: &mut Service| {
        for n in 0..47 {
            service.tags.insert(format!("t{n}"), String::new());
        }
    };
    let scenes = [
        ("Never", desired(&[]), free(|_| ())),
        (
            "Adopt, no difference",
            desired(std::slice::from_ref(&adopt)),
            free(|_| ()),
        ),
        (
            "Adopt, difference",
            desired(&[adopt.clone(), edit.clone()]),
            free(|_| ()),
        ),
        (
            "Adopt, difference confirmed",
            desired(&[adopt.clone(), edit, confirm]),
            free(|_| ()),
        ),
        (
            "Adopt, no revision yet",
            desired(std::slice::from_ref(&adopt)),
            free(|service| service.revisions.clear()),
        ),
        (
            "Adopt, other infrastructure role",
            desired(&[adopt.clone(), role]),
            free(|_| ()),
        ),
        (
            "Adopt, of a CloudFormation stack",
            desired(std::slice::from_ref(&adopt)),
            free(|service| {
                service
                    .tags
                    .insert("aws:cloudformation:stack-name".into(), "web".into());
            }),
        ),
        (
            "Adopt, 47 tags",
            desired(std::slice::from_ref(&adopt)),
            free(many),
        ),
        (
            "Adopt, ordinary ECS service",
            desired(&[adopt]),
            free(|service| service.management = Management::Customer),
        ),
    ];
    let table = scenes.map(|(name, wanted, observed)| {
        let scene = Scene::of(wanted, observed, Some(blank()));
        row(name, &scene.decide())
    });
    insta::assert_snapshot!("adoption", table.join("\n"));
}

#[test]
fn a_service_that_is_not_ours_is_let_go_only_after_two_readings_of_its_tags() {
    let wanted = desired(&[leaving("Delete")]);
    let mut service = service(&wanted);
    service.tags = another_owner();
    let mut scene = Scene::of(wanted, Observed::Present(Box::new(service)), Some(blank()));
    assert_eq!(scene.decide().action, Action::LookAtTags);
    scene.sightings.look_at_tags(true, Duration::from_secs(0));
    assert_eq!(scene.decide().action, Action::LookAtTags);
    scene.sightings.look_at_tags(true, Duration::from_secs(10));
    assert_eq!(scene.decide().action, Action::ReleaseFinalizer);
}
