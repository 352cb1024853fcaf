//! The decision table, row by row, as snapshots.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_operator::{
    api::annotations,
    core::{
        decide::{action::Action, decision::Decision, input::Fence, reason::Reason},
        desired::{
            configuration::{Configuration, Network},
            object::Desired,
        },
        observed::{
            history::ObservedAt,
            service::{Management, Observed, Read, Service, StatusCode},
        },
    },
};
use serde_json::json;

use crate::fixtures::*;

/// One row: the input, the action, the reported reason, and what the call sends.
pub(crate) fn row(circumstances: &str, decision: &Decision) -> String {
    let (action, sends) = match &decision.action {
        Action::Nothing => ("nothing", None),
        Action::AddFinalizer => ("add finalizer and identity", None),
        Action::Create(request) => {
            let tags = texts(&request.tags);
            let blocks = blocks(&request.configuration);
            ("CREATE", Some(format!("{blocks}; {tags}")))
        }
        Action::Update(request) => {
            let cleared = request.cleared.iter().map(|field| field.path());
            let cleared: Vec<_> = cleared.map(|path| format!("-{path}")).collect();
            let blocks = [&[blocks(&request.configuration)], &cleared[..]].concat();
            ("UPDATE", Some(blocks.join(" ")))
        }
        Action::Delete => ("DELETE", None),
        Action::Tag(request) => ("TAG", Some(texts(&request.tags))),
        Action::Untag(request) => {
            let keys: Vec<_> = request.keys.iter().map(|key| format!("-{key}")).collect();
            ("UNTAG", Some(keys.join(" ")))
        }
        Action::Adopt(request) => ("ADOPT", Some(texts(&request.tags))),
        Action::Retain(request) => ("mark, release finalizer", Some(texts(&request.tags))),
        Action::VerifyOwnerTags => ("verify owner tags", None),
        Action::ReleaseFinalizer => ("release finalizer", None),
    };
    let sends = sends.map_or(String::new(), |sends| format!(" [{sends}]"));
    format!(
        "{circumstances:<64} → {action:<26} {} ({:?}){sends}",
        decision.reason.as_str(),
        decision.reason.progress()
    )
}

fn texts(tags: &BTreeMap<String, String>) -> String {
    let tags = tags.iter();
    let tags: Vec<_> = tags.map(|(key, value)| format!("{key}={value}")).collect();
    tags.join(" ")
}

/// The members of a request that hold a configuration.
fn blocks(sent: &Configuration) -> String {
    let Configuration {
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        container,
        health_check_path,
        network: Network {
            security_groups,
            subnets,
        },
        cpu,
        memory,
        cpu_architecture,
        scaling,
    } = sent;
    let image = container.as_ref().map(|container| &container.image);
    let blocks = [
        image.map(|image| format!("container:{image}")),
        execution_role_arn.as_ref().map(|_| "executionRole".into()),
        task_role_arn.as_ref().map(|_| "taskRole".into()),
        task_definition_arn
            .as_ref()
            .map(|_| "taskDefinition".into()),
        health_check_path.as_ref().map(|_| "healthCheck".into()),
        (!security_groups.is_empty()).then(|| format!("groups:{}", security_groups.len())),
        (!subnets.is_empty()).then(|| format!("subnets:{}", subnets.len())),
        cpu.as_ref().map(|cpu| format!("cpu:{cpu}")),
        memory.as_ref().map(|memory| format!("memory:{memory}")),
        cpu_architecture.as_ref().map(|_| "architecture".into()),
        (!scaling.is_unset()).then(|| "scaling".into()),
    ];
    blocks
        .into_iter()
        .flatten()
        .collect::<Vec<String>>()
        .join(" ")
}

type Presence = (&'static str, fn(&Desired) -> (Observed, u64));

/// Each presence of the service, and for how many seconds it has been observed.
const PRESENCES: [Presence; 7] = [
    ("not readable", |_| (unreadable(), 0)),
    ("missing, observed once", |_| (MISSING, 0)),
    ("missing for 10 s", |_| (MISSING, 10)),
    ("INACTIVE for 10 s", |_| {
        (
            Observed::Missing(ecs_express_operator::core::observed::service::Missing::Inactive),
            10,
        )
    }),
    ("DRAINING", |desired| {
        with(desired, |service| service.code = StatusCode::Draining)
    }),
    ("ACTIVE", |desired| with(desired, |_| ())),
    ("unknown status", |desired| {
        with(desired, |service| {
            service.code = StatusCode::Other("PAUSED".into());
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
    ("ours, tags lost", remove_owner_tags),
    ("other owner", |service| service.tags = other_owner_tags()),
    ("unowned", |service| {
        remove_owner_tags(service);
        service.created_at = Some(at(99));
    }),
    ("released by another", |service| {
        service.tags = other_owner_tags();
        service
            .tags
            .insert("ecs-express.dev/uid".into(), "released".into());
    }),
];

/// Every presence, with every owner where there is a service; owners that make no difference share a row.
fn phase(name: &str, patches: &[serde_json::Value]) -> String {
    let mut rows = Vec::new();
    for (presence, make) in PRESENCES {
        let wanted = desired(patches);
        let (observed, seconds) = make(&wanted);
        let mut by_owner = Vec::new();
        for (owner, change) in OWNERS {
            let mut observed = observed.clone();
            if let Observed::Present(service) = &mut observed {
                change(service);
            }
            let given = OwnedInput::of(desired(patches), observed, Some(applied_state(&wanted)));
            by_owner.push((owner, given.observed_for(seconds).decide()));
        }
        let first = row("", &by_owner[0].1);
        if by_owner
            .iter()
            .all(|(_, decision)| row("", decision) == first)
        {
            rows.push(row(
                &format!("{name} | {presence} | any owner"),
                &by_owner[0].1,
            ));
        } else {
            for (owner, decision) in by_owner {
                rows.push(row(&format!("{name} | {presence} | {owner}"), &decision));
            }
        }
    }
    rows.join("\n")
}

#[test]
fn the_action_for_each_phase_presence_and_owner() {
    let table = [
        phase("unclaimed", &[new_object()]),
        phase("active", &[]),
        phase("active, identity differs", &[other_identity()]),
        phase("active, suspended", &[json!({"spec": {"suspend": true}})]),
        phase(
            "active, Report",
            &[json!({"spec": {"driftPolicy": "Report"}})],
        ),
        phase(
            "active, invalid",
            &[json!({"spec": {"cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/default"}})],
        ),
        phase("deleting", &[deleting("Delete")]),
        phase(
            "deleting, suspended",
            &[deleting("Delete"), json!({"spec": {"suspend": true}})],
        ),
        phase(
            "deleting, identity differs",
            &[deleting("Delete"), other_identity()],
        ),
        phase("deleting, Retain", &[deleting("Retain")]),
        phase(
            "deleting, Retain, identity differs",
            &[deleting("Retain"), other_identity()],
        ),
        phase("deleting, no finalizer", &[finalized()]),
    ];
    insta::assert_snapshot!("phases", table.join("\n\n"));
}

#[test]
fn when_a_missing_service_counts_as_absent() {
    let wanted = desired(&[]);
    let mut create_sent = empty_state();
    create_sent.intent = Some(intent("Create", "h", None));
    let mut create_accepted = applied_state(&wanted);
    create_accepted.intent = Some(intent("Create", "h", Some("Accepted")));
    let mut create_rejected = empty_state();
    create_rejected.intent = Some(intent("Create", "h", Some("Rejected")));
    let states = BTreeMap::from([
        (
            "1 finalizer added in this reconcile",
            (None, Fence::FinalizerJustAdded),
        ),
        ("2 no operator state", (None, Fence::Needed)),
        ("3 nothing ever sent", (Some(empty_state()), Fence::Needed)),
        ("4 create rejected", (Some(create_rejected), Fence::Needed)),
        (
            "5 create sent, result unknown",
            (Some(create_sent), Fence::Needed),
        ),
        (
            "6 create accepted, not observed yet",
            (Some(create_accepted), Fence::Needed),
        ),
        (
            "7 service observed before",
            (Some(applied_state(&wanted)), Fence::Needed),
        ),
    ]);
    let mut table = Vec::new();
    for (name, (state, fence)) in states {
        for seconds in [0, 9, 10, 119, 120] {
            let mut given =
                OwnedInput::of(wanted.clone(), MISSING, state.clone()).observed_for(seconds);
            given.fence = fence;
            table.push(row(
                &format!("{name} | missing for {seconds} s"),
                &given.decide(),
            ));
        }
    }
    insta::assert_snapshot!("absence", table.join("\n"));
}

#[test]
fn when_an_unowned_service_is_adopted() {
    let adopt = json!({"spec": {"adoptionPolicy": "Adopt"}});
    let edit = json!({"spec": {"cpu": "512"}});
    let role = json!({"spec": {"infrastructureRoleArn": "arn:aws:iam::123456789012:role/other"}});
    let unowned = |change: fn(&mut Service)| {
        let mut service = service(&desired(&[]));
        remove_owner_tags(&mut service);
        change(&mut service);
        Observed::Present(Box::new(service))
    };
    let unconfirmed = desired(&[adopt.clone(), edit.clone()]);
    let reason = OwnedInput::of(unconfirmed, unowned(|_| ()), Some(empty_state()))
        .decide()
        .reason;
    let Reason::AdoptionNotConfirmed(hash) = reason else {
        panic!("{reason:?}");
    };
    let confirm = json!({"metadata": {"annotations": {(annotations::ADOPT_CONFIRM): hash}}});
    let many = |service: &mut Service| {
        for n in 0..47 {
            service.tags.insert(format!("t{n}"), String::new());
        }
    };
    let inputs = [
        ("Never", desired(&[]), unowned(|_| ())),
        (
            "Adopt, no difference",
            desired(std::slice::from_ref(&adopt)),
            unowned(|_| ()),
        ),
        (
            "Adopt, difference",
            desired(&[adopt.clone(), edit.clone()]),
            unowned(|_| ()),
        ),
        (
            "Adopt, difference confirmed",
            desired(&[adopt.clone(), edit, confirm]),
            unowned(|_| ()),
        ),
        (
            "Adopt, no revision yet",
            desired(std::slice::from_ref(&adopt)),
            unowned(|service| service.revisions.clear()),
        ),
        (
            "Adopt, other infrastructure role",
            desired(&[adopt.clone(), role]),
            unowned(|_| ()),
        ),
        (
            "Adopt, of a CloudFormation stack",
            desired(std::slice::from_ref(&adopt)),
            unowned(|service| {
                service
                    .tags
                    .insert("aws:cloudformation:stack-name".into(), "web".into());
            }),
        ),
        (
            "Adopt, 47 tags",
            desired(std::slice::from_ref(&adopt)),
            unowned(many),
        ),
        (
            "Adopt, ordinary ECS service",
            desired(&[adopt]),
            unowned(|service| service.management = Read::Got(Management::Customer)),
        ),
    ];
    let table = inputs.map(|(name, wanted, observed)| {
        let given = OwnedInput::of(wanted, observed, Some(empty_state()));
        row(name, &given.decide())
    });
    insta::assert_snapshot!("adoption", table.join("\n"));
}

#[test]
fn a_service_that_is_not_ours_is_released_only_after_two_readings_of_its_tags() {
    let wanted = desired(&[deleting("Delete")]);
    let mut service = service(&wanted);
    service.tags = other_owner_tags();
    let mut given = OwnedInput::of(
        wanted,
        Observed::Present(Box::new(service)),
        Some(empty_state()),
    );
    assert_eq!(given.decide().action, Action::VerifyOwnerTags);
    given
        .history
        .record_owner(true, ObservedAt::at(Duration::ZERO));
    assert_eq!(given.decide().action, Action::VerifyOwnerTags);
    given
        .history
        .record_owner(true, ObservedAt::at(Duration::from_secs(10)));
    assert_eq!(given.decide().action, Action::ReleaseFinalizer);
}
