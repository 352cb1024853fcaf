//! The safety invariants over every combination of circumstances, and not only over the rows of the table: what is
//! correct is written here apart from the code that decides.

use ecs_express_operator::core::{
    decide::{action::Action, input::Fence},
    desired::{
        owner_tags::OwnerTags, phase::Phase, policy::DeletionPolicy,
        recorded_identity::IdentityCheck,
    },
    observed::{
        history::ObservedAt,
        service::{Observed, Service, StatusCode},
    },
};
use serde_json::{Value, json};

use crate::fixtures::*;

/// One of each dimension; all combinations make the scenes.
fn scenes() -> Vec<(String, Scene)> {
    let lives = [
        json!({}),
        new_object(),
        leaving("Delete"),
        leaving("Retain"),
        left(),
    ];
    let identities = [json!({}), elsewhere()];
    let policies = [
        json!({}),
        json!({"spec": {"driftPolicy": "Report"}}),
        json!({"spec": {"suspend": true}}),
        json!({"spec": {"adoptionPolicy": "Adopt"}}),
        json!({"spec": {"cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/default"}}),
    ];
    let edits = [
        json!({}),
        json!({"spec": {"primaryContainer": {"image": "shop:2"}}}),
        json!({"spec": {"infrastructureRoleArn": "arn:aws:iam::123456789012:role/other"}}),
        json!({"spec": {"tags": [{"key": "team", "value": "a"}]}}),
        json!({"metadata": {"annotations": {"ecs-express.dev/restart": "1"}}}),
    ];
    let mut scenes = Vec::new();
    for patches in product(&[&lives, &identities, &policies, &edits]) {
        for (seen_as, observed) in sights() {
            for memory in 0..4 {
                for seconds in [0, 10, 120] {
                    let before = desired(&patches[..3]);
                    let memory = match memory {
                        0 => None,
                        1 => Some(blank()),
                        2 => Some(remembering(&before)),
                        _ => {
                            let mut memory = remembering(&before);
                            memory.intent = Some(intent("Create", "h", None));
                            Some(memory)
                        }
                    };
                    let mut scene =
                        Scene::of(desired(&patches), observed.clone(), memory).seen_for(seconds);
                    scene
                        .history
                        .record_owner(true, ObservedAt::at(std::time::Duration::ZERO));
                    scene.history.record_owner(
                        true,
                        ObservedAt::at(std::time::Duration::from_secs(seconds)),
                    );
                    for fence in [Fence::Needed, Fence::FinalizerJustAdded] {
                        scene.fence = fence;
                        let name = format!(
                            "{patches:?} {seen_as} {:?} {seconds} {fence:?}",
                            scene.memory.is_some()
                        );
                        scenes.push((
                            name,
                            Scene {
                                desired: scene.desired.clone(),
                                observed: scene.observed.clone(),
                                memory: scene.memory.clone(),
                                history: scene.history.clone(),
                                fence,
                                managed_resources: Vec::new(),
                            },
                        ));
                    }
                }
            }
        }
    }
    scenes
}

fn product(dimensions: &[&[Value]]) -> Vec<Vec<Value>> {
    dimensions
        .iter()
        .fold(vec![Vec::new()], |partial, dimension| {
            partial
                .iter()
                .flat_map(|chosen| {
                    dimension.iter().map(move |next| {
                        let mut longer = chosen.clone();
                        longer.push(next.clone());
                        longer
                    })
                })
                .collect()
        })
}

type Ownership = (&'static str, fn(&mut Service));

fn sights() -> Vec<(String, Observed)> {
    let mut sights = vec![
        ("not readable".to_owned(), unreadable()),
        ("missing".to_owned(), MISSING),
        ("not asked".to_owned(), Observed::NotAsked),
    ];
    let owners: [Ownership; 3] = [
        ("ours", |_| ()),
        ("another's", |service| service.tags = another_owner()),
        ("free or lost", without_owner),
    ];
    for code in [
        StatusCode::Active,
        StatusCode::Draining,
        StatusCode::Other("NEW".into()),
    ] {
        for (owner, change) in owners {
            let mut service = service(&desired(&[]));
            service.code = code.clone();
            change(&mut service);
            sights.push((
                format!("{code:?} {owner}"),
                Observed::Present(Box::new(service)),
            ));
        }
    }
    sights
}

/// Whose the service is, judged anew.
fn is_ours(scene: &Scene) -> bool {
    let Observed::Present(service) = &scene.observed else {
        return false;
    };
    let desired = &scene.desired;
    match OwnerTags::read(&service.tags, &desired.object, &desired.cluster_id) {
        OwnerTags::Ours => true,
        OwnerTags::None | OwnerTags::Partial(_) => scene
            .memory
            .as_ref()
            .and_then(|memory| memory.service.as_ref())
            .is_some_and(|known| {
                known.arn == service.arn.to_string()
                    && known.created_at.as_ref().map(|time| time.0) == service.created_at
            }),
        OwnerTags::Other(_) | OwnerTags::Released => false,
    }
}

#[test]
fn no_combination_of_circumstances_breaks_a_safety_invariant() {
    let scenes = scenes();
    assert!(scenes.len() > 50_000, "only {} scenes", scenes.len());
    for (name, scene) in &scenes {
        let decision = scene.decide();
        let desired = &scene.desired;
        let same = desired.identity == IdentityCheck::Same;
        let active = matches!(&scene.observed, Observed::Present(service) if service.code == StatusCode::Active);
        let present = matches!(scene.observed, Observed::Present(_));
        match &decision.action {
            Action::Create(request) => {
                assert!(
                    matches!(scene.observed, Observed::Missing(_)),
                    "create over what was not seen to be missing: {name}"
                );
                assert_eq!(
                    desired.phase,
                    Phase::Active,
                    "create without finalizer and identity: {name}"
                );
                assert!(
                    same && !desired.suspend && desired.invalid.is_none(),
                    "{name}"
                );
                assert_eq!(
                    request.tags.len(),
                    desired.user_tags.len() + 4,
                    "create without owner tags: {name}"
                );
                assert_eq!(request.arn, desired.arn, "{name}");
            }
            Action::Update(_) => {
                assert!(
                    active && is_ours(scene) && same && !desired.suspend,
                    "update: {name}"
                );
                assert_eq!(desired.phase, Phase::Active, "{name}");
            }
            Action::Tag(_) | Action::Untag(_) => {
                assert!(
                    present && is_ours(scene) && same && !desired.suspend,
                    "tag: {name}"
                );
                assert_eq!(desired.phase, Phase::Active, "{name}");
            }
            Action::Adopt(_) => {
                assert!(present && same && !desired.suspend, "adopt: {name}");
                assert_eq!(
                    desired.adoption,
                    ecs_express_operator::core::desired::policy::AdoptionPolicy::Adopt
                );
            }
            Action::Delete => {
                assert!(is_ours(scene) && same, "delete of what is not ours: {name}");
                assert_eq!(
                    desired.phase,
                    Phase::Deleting(DeletionPolicy::Delete),
                    "delete of a living object: {name}"
                );
            }
            Action::Retain(_) => {
                assert!(is_ours(scene) && same, "mark on what is not ours: {name}")
            }
            Action::ReleaseFinalizer => match desired.phase {
                Phase::Deleting(DeletionPolicy::Retain) => {}
                Phase::Deleting(DeletionPolicy::Delete) => {
                    assert!(same, "{name}");
                    let never_sent = scene
                        .memory
                        .as_ref()
                        .is_some_and(|memory| memory.service.is_none() && memory.intent.is_none());
                    assert!(
                        matches!(scene.observed, Observed::Missing(_) | Observed::Present(_))
                            || never_sent,
                        "release in ignorance: {name}"
                    );
                    assert!(
                        !is_ours(scene),
                        "release of a service that is ours and there: {name}"
                    );
                }
                phase => panic!("released a finalizer in {phase:?}: {name}"),
            },
            Action::AddFinalizer => assert_eq!(desired.phase, Phase::Unclaimed, "{name}"),
            Action::VerifyOwnerTags | Action::Nothing => {}
        }
    }
}

#[test]
fn the_same_circumstances_give_the_same_decision() {
    for (name, scene) in scenes().iter().step_by(97) {
        assert_eq!(scene.decide(), scene.decide(), "{name}");
    }
}
