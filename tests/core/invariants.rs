//! The safety invariants over every combination of inputs, not only over the rows of the table. What is correct is
//! written here independently of the code that decides.

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

/// Every combination of one value from each dimension.
fn inputs() -> Vec<(String, OwnedInput)> {
    let phases = [
        json!({}),
        new_object(),
        deleting("Delete"),
        deleting("Retain"),
        finalized(),
    ];
    let identities = [json!({}), other_identity()];
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
    let mut inputs = Vec::new();
    for patches in product(&[&phases, &identities, &policies, &edits]) {
        for (seen_as, observed) in presences() {
            for state in 0..4 {
                for seconds in [0, 10, 120] {
                    let before = desired(&patches[..3]);
                    let state = match state {
                        0 => None,
                        1 => Some(empty_state()),
                        2 => Some(applied_state(&before)),
                        _ => {
                            let mut state = applied_state(&before);
                            state.intent = Some(intent("Create", "h", None));
                            Some(state)
                        }
                    };
                    let mut given = OwnedInput::of(desired(&patches), observed.clone(), state)
                        .observed_for(seconds);
                    given
                        .history
                        .record_owner(true, ObservedAt::at(std::time::Duration::ZERO));
                    given.history.record_owner(
                        true,
                        ObservedAt::at(std::time::Duration::from_secs(seconds)),
                    );
                    for fence in [Fence::Needed, Fence::FinalizerJustAdded] {
                        given.fence = fence;
                        let name = format!(
                            "{patches:?} {seen_as} {:?} {seconds} {fence:?}",
                            given.operator_state.is_some()
                        );
                        inputs.push((
                            name,
                            OwnedInput {
                                desired: given.desired.clone(),
                                observed: given.observed.clone(),
                                operator_state: given.operator_state.clone(),
                                history: given.history.clone(),
                                fence,
                                managed_resources: Vec::new(),
                            },
                        ));
                    }
                }
            }
        }
    }
    inputs
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

fn presences() -> Vec<(String, Observed)> {
    let mut presences = vec![
        ("not readable".to_owned(), unreadable()),
        ("missing".to_owned(), MISSING),
        ("not asked".to_owned(), Observed::NotAsked),
    ];
    let owners: [Ownership; 3] = [
        ("ours", |_| ()),
        ("other owner", |service| service.tags = other_owner_tags()),
        ("unowned or lost", remove_owner_tags),
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
            presences.push((
                format!("{code:?} {owner}"),
                Observed::Present(Box::new(service)),
            ));
        }
    }
    presences
}

/// The owner of the service, determined independently of the core.
fn is_ours(given: &OwnedInput) -> bool {
    let Observed::Present(service) = &given.observed else {
        return false;
    };
    let desired = &given.desired;
    match OwnerTags::read(&service.tags, &desired.object, &desired.cluster_id) {
        OwnerTags::Ours => true,
        OwnerTags::None | OwnerTags::Partial(_) => given
            .operator_state
            .as_ref()
            .and_then(|state| state.service.as_ref())
            .is_some_and(|known| {
                known.arn == service.arn.to_string()
                    && known.created_at.as_ref().map(|time| time.0) == service.created_at
            }),
        OwnerTags::Other(_) | OwnerTags::Released => false,
    }
}

#[test]
fn no_combination_of_circumstances_breaks_a_safety_invariant() {
    let inputs = inputs();
    assert!(inputs.len() > 50_000, "only {} scenes", inputs.len());
    for (name, given) in &inputs {
        let decision = given.decide();
        let desired = &given.desired;
        let same = desired.identity == IdentityCheck::Same;
        let active = matches!(&given.observed, Observed::Present(service) if service.code == StatusCode::Active);
        let present = matches!(given.observed, Observed::Present(_));
        match &decision.action {
            Action::Create(request) => {
                assert!(
                    matches!(given.observed, Observed::Missing(_)),
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
                    active && is_ours(given) && same && !desired.suspend,
                    "update: {name}"
                );
                assert_eq!(desired.phase, Phase::Active, "{name}");
            }
            Action::Tag(_) | Action::Untag(_) => {
                assert!(
                    present && is_ours(given) && same && !desired.suspend,
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
                assert!(is_ours(given) && same, "delete of what is not ours: {name}");
                assert_eq!(
                    desired.phase,
                    Phase::Deleting(DeletionPolicy::Delete),
                    "delete of a living object: {name}"
                );
            }
            Action::Retain(_) => {
                assert!(is_ours(given) && same, "mark on what is not ours: {name}");
            }
            Action::ReleaseFinalizer => match desired.phase {
                Phase::Deleting(DeletionPolicy::Retain) => {}
                Phase::Deleting(DeletionPolicy::Delete) => {
                    assert!(same, "{name}");
                    let never_sent = given
                        .operator_state
                        .as_ref()
                        .is_some_and(|state| state.service.is_none() && state.intent.is_none());
                    assert!(
                        matches!(given.observed, Observed::Missing(_) | Observed::Present(_))
                            || never_sent,
                        "release in ignorance: {name}"
                    );
                    assert!(
                        !is_ours(given),
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
    for (name, given) in inputs().iter().step_by(97) {
        assert_eq!(given.decide(), given.decide(), "{name}");
    }
}
