//! Properties over generated specs.

mod changes;
mod specs;

use std::collections::BTreeSet;

use ecs_express_operator::api::{ExpressServiceStatus, status::ManagedResource};
use ecs_express_operator::core::{
    decide::{action::Action, input::Fence, requests::CreateRequest},
    desired::{
        field::{Block, Field},
        object::Desired,
    },
    diff::compare::diff,
    observed::service::{Observed, Read, Service},
    record::{call::record_call, call_result::CallResult, intent::intent},
    report::{reconciled::Reconciled, status::project, status_change::is_status_change},
};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use self::{
    changes::CHANGES,
    specs::{plain_spec, rewritten, spec},
};
use crate::{emulated::Ecs, fixtures::*};

fn of_spec(spec: &Value) -> Desired {
    desired(&[json!({"spec": spec})])
}

/// The create that the core decides for a new object.
fn create_request(wanted: &Desired) -> CreateRequest {
    let mut given = OwnedInput::of(wanted.clone(), MISSING, None);
    given.fence = Fence::FinalizerJustAdded;
    match given.decide().action {
        Action::Create(request) => *request,
        action => panic!("{action:?}"),
    }
}

/// What ECS shows of the service.
fn shown(ecs: &mut Ecs, wanted: &Desired) -> Service {
    let mut service = service(wanted);
    service.revisions[0].configuration = ecs.runs();
    let group = |group: &String| ManagedResource {
        r#type: "ServiceSecurityGroup".into(),
        arn: Some(format!(
            "arn:aws:ec2:eu-west-1:123456789012:security-group/{group}"
        )),
        status: Some("ACTIVE".into()),
        reason: None,
    };
    service.managed_resources = Read::Got(ecs.managed_groups().iter().map(group).collect());
    service
}

/// The possible answers to open questions about ECS that decide what an update has to carry.
fn answers() -> impl Strategy<Value = Value> {
    let members = select(vec!["Merge", "Replace"]);
    let blocks = select(vec!["Keep", "Reset"]);
    let defaults = select(vec!["DeveloperGuide", "ApiReference"]);
    (members, blocks, defaults).prop_map(|(members, blocks, defaults)| {
        json!({"omittedMembers": members, "omittedBlocks": blocks, "defaults": defaults})
    })
}

proptest! {
    #[test]
    fn what_ecs_shows_after_accepting_a_spec_does_not_differ_from_it(spec in plain_spec(), answers in answers()) {
        let wanted = of_spec(&spec);
        let mut ecs = Ecs::with_service(&answers, &create_request(&wanted));
        let (shown, groups) = (ecs.runs(), ecs.managed_groups());
        prop_assert_eq!(groups.len(), 1);
        let groups = groups.iter().map(String::as_str).collect();
        let diff = diff(&wanted.configuration, wanted.mode, &shown, Some(&groups), &BTreeSet::new());
        prop_assert!(diff.is_empty(), "{:?}", diff.differences);
    }

    #[test]
    fn one_update_takes_every_difference_away(before in plain_spec(), after in plain_spec(), answers in answers()) {
        let (before, after) = (of_spec(&before), of_spec(&after));
        let mut ecs = Ecs::with_service(&answers, &create_request(&before));
        let ran = ecs.runs().values();
        let runs = Observed::Present(Box::new(shown(&mut ecs, &before)));
        let edited = OwnedInput::of(after.clone(), runs, Some(applied_state(&before)));
        if let Action::Update(request) = edited.decide().action {
            ecs.update(&request);
        }
        let (shown, groups) = (ecs.runs(), ecs.managed_groups());
        let groups = groups.iter().map(String::as_str).collect();
        let diff = diff(&after.configuration, after.mode, &shown, Some(&groups), &BTreeSet::new());
        prop_assert!(diff.is_empty(), "{:?}", diff.differences);

        // What the spec no longer sets stays as it was, even if ECS fills what an update omits of a block.
        let (shown, wanted) = (shown.values(), after.configuration.values());
        let resets_blocks = answers["omittedBlocks"] == "Reset";
        for (field, value) in ran.iter().filter(|(field, _)| !wanted.contains_key(field)) {
            let stays = match field {
                Field::TaskDefinitionArn | Field::SecurityGroups => false,
                field => !resets_blocks || field.block() == Block::Container,
            };
            if stays {
                prop_assert_eq!(shown.get(field), Some(value), "{}", field.path());
            }
        }
    }

    #[test]
    fn specs_that_mean_the_same_have_the_same_hash(spec in spec(), flips in any::<u16>()) {
        let (one, two) = (of_spec(&spec), of_spec(&rewritten(&spec, flips)));
        prop_assert_eq!(one.configuration.hash(), two.configuration.hash());
        prop_assert_eq!(one.configuration.rollout_hash(), two.configuration.rollout_hash());
    }

    #[test]
    fn specs_that_mean_something_else_have_another_hash(spec in spec(), change in select(CHANGES.to_vec())) {
        let (name, scaling, change) = change;
        let mut changed = spec.clone();
        change(&mut changed);
        let (one, two) = (of_spec(&spec), of_spec(&changed));
        prop_assert_ne!(one.configuration.hash(), two.configuration.hash(), "{}", name);
        let same_rollout = one.configuration.rollout_hash() == two.configuration.rollout_hash();
        prop_assert_eq!(same_rollout, scaling, "{}", name);
    }

    #[test]
    fn a_service_that_runs_the_spec_is_ready_and_a_second_observation_changes_nothing(spec in spec()) {
        let wanted = desired(&[json!({"spec": spec})]);
        let observed = Observed::Present(Box::new(service(&wanted)));
        let given = OwnedInput::of(wanted, observed, None);
        let decision = given.decide();
        prop_assert_eq!(&decision.action, &Action::Nothing);
        let state = record_call(&given.input(), &decision, None, &CallResult::Idle, at(0));
        let first = project(&ExpressServiceStatus::default(), Reconciled { input: &given.input(), decision: &decision, result: &CallResult::Idle }, state.clone(), at(0));
        let ready = first.conditions.iter().find(|condition| condition.type_ == "Ready").unwrap();
        prop_assert_eq!(&ready.status, "True");

        let again = OwnedInput { operator_state: Some(state), ..given };
        let decision = again.decide();
        prop_assert_eq!(&decision.action, &Action::Nothing);
        let state = record_call(&again.input(), &decision, None, &CallResult::Idle, at(500));
        let second = project(&first, Reconciled { input: &again.input(), decision: &decision, result: &CallResult::Idle }, state, at(500));
        prop_assert!(!is_status_change(&first, &second, std::time::Duration::MAX));
    }

    #[test]
    fn no_status_shows_an_environment_value_a_command_or_a_secret(spec in spec()) {
        let secret = "hunter2-hunter2";
        let poison = json!({"spec": {"primaryContainer": {
            "command": [secret], "environment": [{"name": "A", "value": secret}],
            "secrets": [{"name": "Z", "valueFrom": secret}],
        }}});
        let wanted = desired(&[json!({"spec": spec}), poison]);
        let mut other = service(&desired(&[]));
        other.arn = wanted.arn.clone();
        let given = OwnedInput::of(wanted, Observed::Present(Box::new(other)), Some(empty_state()));
        let decision = given.decide();
        prop_assert!(matches!(decision.action, Action::Update(_)));
        let sent = intent(&given.input(), &decision, at(0));
        let result = CallResult::Updated { revision: None };
        let state = record_call(&given.input(), &decision, sent, &result, at(0));
        let status = project(&ExpressServiceStatus::default(), Reconciled { input: &given.input(), decision: &decision, result: &result }, state, at(0));
        let shown = format!("{} {decision:?} {:?}", serde_json::to_string(&status).unwrap(), given.desired);
        prop_assert!(!shown.contains("hunter2"), "{shown}");
    }
}
