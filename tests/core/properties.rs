//! Properties over generated specs.

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
use proptest::{collection::btree_map, option, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{emulated::Ecs, fixtures::*};

/// Any valid spec in managed mode.
fn spec() -> impl Strategy<Value = Value> {
    spec_with(QUANTITIES.to_vec())
}

/// One that the emulator accepts: it knows no units.
fn plain_spec() -> impl Strategy<Value = Value> {
    spec_with(vec![("256", "512"), ("512", "1024"), ("2048", "4096")])
}

/// Any valid spec with one of these sizes, or none.
fn spec_with(sizes: Vec<(&'static str, &'static str)>) -> impl Strategy<Value = Value> {
    let word = || "[A-Za-z0-9]{1,12}";
    let container = (
        word(),
        option::of(1..=65535i32),
        option::of(prop::collection::vec(word(), 0..4)),
        btree_map("[A-M][A-Z_]{0,8}", option::of(".{0,12}"), 0..5),
        btree_map("[N-Z][A-Z_]{0,8}", word(), 0..4),
        option::of((word(), word())),
        option::of(word()),
    );
    let quantities = option::of(select(sizes));
    let network = (
        prop_oneof![
            Just(BTreeSet::new()),
            prop::collection::btree_set("subnet-[0-9a-f]{4}", 2..4)
        ],
        prop::collection::btree_set("sg-[0-9a-f]{4}", 0..4),
    );
    let scaling = (
        option::of(0..10i32),
        option::of(10..20i32),
        option::of(select(vec![
            "AVERAGE_CPU",
            "AVERAGE_MEMORY",
            "REQUEST_COUNT_PER_TARGET",
        ])),
        option::of(1..100i32),
    );
    let scalars = (
        option::of("[a-z]{1,12}"),
        option::of("/[a-z]{0,12}"),
        option::of(select(vec!["X86_64", "ARM64"])),
    );
    (container, quantities, network, scaling, scalars).prop_map(
        |((image, port, command, environment, secrets, logs, credentials), quantities, network, scaling, scalars)| {
            let list = |pairs: Vec<Value>| Value::Array(pairs);
            json!({
                "primaryContainer": {
                    "image": image, "containerPort": port, "command": command,
                    "environment": list(environment.iter().map(|(n, v)| json!({"name": n, "value": v})).collect()),
                    "secrets": list(secrets.iter().map(|(n, v)| json!({"name": n, "valueFrom": v})).collect()),
                    "awsLogsConfiguration": logs.map(|(group, prefix)| json!({"logGroup": group, "logStreamPrefix": prefix})),
                    "repositoryCredentials": credentials.map(|arn| json!({"credentialsParameter": arn})),
                },
                "cpu": quantities.map(|quantities| quantities.0), "memory": quantities.map(|quantities| quantities.1),
                "networkConfiguration": {"subnets": network.0, "securityGroups": network.1},
                "scalingTarget": {
                    "minTaskCount": scaling.0, "maxTaskCount": scaling.1,
                    "autoScalingMetric": scaling.2, "autoScalingTargetValue": scaling.3,
                },
                "taskRoleArn": scalars.0.map(|name| format!("arn:aws:iam::123456789012:role/{name}")),
                "healthCheckPath": scalars.1, "cpuArchitecture": scalars.2,
            })
        },
    )
}

/// Sizes of a task. Each one at an even place is followed by another spelling of the same size.
const QUANTITIES: [(&str, &str); 6] = [
    ("256", "512"),
    ("0.25 vCPU", "0.5 GB"),
    ("2 vCPU", "4 GB"),
    ("2048", "4096"),
    ("0.5", "1024"),
    ("512", "1 GB"),
];

/// Another way to write the same spec; `flips` has a bit for each thing that may be written otherwise.
fn rewritten(spec: &Value, flips: u16) -> Value {
    let mut spec = spec.clone();
    let flip = |bit: u16| flips & (1 << bit) != 0;
    let lists = [
        "/primaryContainer/environment",
        "/primaryContainer/secrets",
        "/primaryContainer/command",
        "/networkConfiguration/subnets",
        "/networkConfiguration/securityGroups",
    ];
    for (bit, pointer) in (0..).zip(lists) {
        let list = spec.pointer_mut(pointer).unwrap();
        if !flip(bit) {
            continue;
        }
        *list = match list.as_array().cloned() {
            None => json!([]),
            Some(elements) if elements.is_empty() => Value::Null,
            // The words of a command have an order.
            Some(elements) if pointer.ends_with("command") => Value::Array(elements),
            Some(mut elements) => {
                elements.reverse();
                Value::Array(elements)
            }
        };
    }
    let variables = spec["primaryContainer"]["environment"].as_array_mut();
    for variable in variables.into_iter().flatten().filter(|_| flip(5)) {
        variable["value"] = match &variable["value"] {
            Value::Null => json!(""),
            Value::String(value) if value.is_empty() => Value::Null,
            value => value.clone(),
        };
    }
    let written = QUANTITIES.iter().position(|size| spec["cpu"] == size.0);
    if let Some(at) = written.filter(|_| flip(6)) {
        (spec["cpu"], spec["memory"]) = (json!(QUANTITIES[at ^ 1].0), json!(QUANTITIES[at ^ 1].1));
    }
    for block in ["networkConfiguration", "scalingTarget"] {
        let members = spec[block].as_object().unwrap();
        let is_unset = |value: &Value| value.is_null() || *value == json!([]);
        if flip(7) && members.values().all(is_unset) {
            spec[block] = Value::Null;
        }
    }
    spec
}

/// A change of the meaning of a spec, and whether it concerns scaling alone.
type Change = (&'static str, bool, fn(&mut Value));

/// Puts another value in the place of a text, a number, or nothing.
fn other(value: &mut Value, one: &Value, two: &Value) {
    *value = if value == one {
        two.clone()
    } else {
        one.clone()
    };
}

fn push(list: &mut Value, element: Value) {
    match list {
        Value::Array(elements) => elements.push(element),
        list => *list = json!([element]),
    }
}

const CHANGES: [Change; 21] = [
    ("image", false, |spec| {
        let image = spec["primaryContainer"]["image"]
            .as_str()
            .unwrap()
            .to_owned();
        spec["primaryContainer"]["image"] = json!(format!("{image}x"));
    }),
    ("port", false, |spec| {
        other(
            &mut spec["primaryContainer"]["containerPort"],
            &json!(1),
            &json!(2),
        );
    }),
    ("another word of the command", false, |spec| {
        push(&mut spec["primaryContainer"]["command"], json!("more"));
    }),
    ("two words of the command as one", false, |spec| {
        let command = &mut spec["primaryContainer"]["command"];
        *command = if *command == json!(["a b"]) {
            json!(["a", "b"])
        } else {
            json!(["a b"])
        };
    }),
    ("another variable", false, |spec| {
        push(
            &mut spec["primaryContainer"]["environment"],
            json!({"name": "lower", "value": ""}),
        );
    }),
    ("the value of a variable", false, |spec| {
        let environment = &mut spec["primaryContainer"]["environment"];
        match environment.get_mut(0) {
            Some(first) => other(&mut first["value"], &json!("one"), &json!("two")),
            None => *environment = json!([{"name": "A", "value": "one"}]),
        }
    }),
    ("a variable as a secret", false, |spec| {
        let environment = spec["primaryContainer"]["environment"]
            .as_array_mut()
            .unwrap();
        let moved = environment
            .pop()
            .map_or(json!("lower"), |variable| variable["name"].clone());
        push(
            &mut spec["primaryContainer"]["secrets"],
            json!({"name": moved, "valueFrom": "x"}),
        );
    }),
    ("another secret", false, |spec| {
        push(
            &mut spec["primaryContainer"]["secrets"],
            json!({"name": "lower", "valueFrom": "x"}),
        );
    }),
    ("logs", false, |spec| {
        let (one, two) = (
            json!({"logGroup": "a", "logStreamPrefix": "bc"}),
            json!({"logGroup": "ab", "logStreamPrefix": "c"}),
        );
        other(
            &mut spec["primaryContainer"]["awsLogsConfiguration"],
            &one,
            &two,
        );
    }),
    ("credentials", false, |spec| {
        let (one, two) = (
            json!({"credentialsParameter": "a"}),
            json!({"credentialsParameter": "b"}),
        );
        other(
            &mut spec["primaryContainer"]["repositoryCredentials"],
            &one,
            &two,
        );
    }),
    ("cpu", false, |spec| {
        other(&mut spec["cpu"], &json!("4096"), &json!("8192"));
    }),
    ("memory", false, |spec| {
        other(&mut spec["memory"], &json!("16384"), &json!("30720"));
    }),
    ("another subnet", false, |spec| {
        push(
            &mut spec["networkConfiguration"]["subnets"],
            json!("subnet-another"),
        );
    }),
    ("another security group", false, |spec| {
        push(
            &mut spec["networkConfiguration"]["securityGroups"],
            json!("sg-another"),
        );
    }),
    ("execution role", false, |spec| {
        spec["executionRoleArn"] = json!("another");
    }),
    ("task role", false, |spec| {
        other(&mut spec["taskRoleArn"], &json!("a"), &json!("b"));
    }),
    ("health check", false, |spec| {
        other(&mut spec["healthCheckPath"], &json!("/1"), &json!("/2"));
    }),
    ("architecture", false, |spec| {
        other(
            &mut spec["cpuArchitecture"],
            &json!("ARM64"),
            &json!("X86_64"),
        );
    }),
    ("least tasks", true, |spec| {
        other(
            &mut spec["scalingTarget"]["minTaskCount"],
            &json!(0),
            &json!(1),
        );
    }),
    ("most tasks", true, |spec| {
        other(
            &mut spec["scalingTarget"]["maxTaskCount"],
            &json!(50),
            &json!(51),
        );
    }),
    ("target", true, |spec| {
        other(
            &mut spec["scalingTarget"]["autoScalingTargetValue"],
            &json!(101),
            &json!(102),
        );
    }),
];

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
