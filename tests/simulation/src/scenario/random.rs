//! Random scenarios from a seed: objects with edits, acts of others, and at least five faults.

use std::time::Duration;

use ecs_express_emulator::Outcome;
use serde_json::{Value, json};

use super::{
    Scenario,
    act::{Act, Step},
    fault::{Fault, FaultKind, Site, all_kinds},
    key,
    lifecycles::spec,
    service,
};
use crate::{checkers::CREATE, link::Credentials, random::Random};

/// How long the scenario disturbs the operator, in seconds.
const LENGTH: u64 = 1200;

/// The scenario of a seed.
pub fn scenario(seed: u64) -> Scenario {
    let mut random = Random::part(seed, 0);
    let objects = 1 + usize::from(random.percent(30)) + usize::from(random.percent(10));
    let operators = 1 + usize::from(random.percent(35));
    let mut steps = Vec::new();
    for object in 0..objects {
        steps.extend(life(object, &mut random));
    }
    for _ in 0..random.below(4) {
        let object = usize::try_from(random.below(objects as u64)).unwrap_or_default();
        steps.push(of_others(object, &mut random));
    }
    for _ in 0..random.below(4) {
        let operator = usize::try_from(random.below(operators as u64)).unwrap_or_default();
        steps.push(of_the_environment(operator, &mut random));
    }
    steps.sort_by_key(|step| step.at);
    let faults = 5 + random.below(6);
    Scenario {
        seed,
        emulator: emulator(&mut random),
        operators,
        objects: (0..objects).map(key).collect(),
        steps,
        faults: all_faults(faults, &mut random),
    }
}

/// What users do with an object.
fn life(object: usize, random: &mut Random) -> Vec<Step> {
    let mut wanted = random_spec(object, random);
    let mut at = random.below(60);
    let mut steps = Vec::new();
    if random.percent(15) {
        let mut existing = spec("others:1");
        existing["serviceName"] = json!(service(object));
        let body = existing;
        steps.push(Step::at(
            0,
            Act::Call {
                action: CREATE,
                body,
            },
        ));
        wanted["adoptionPolicy"] = json!(if random.percent(80) { "Adopt" } else { "Never" });
    }
    steps.push(Step::at(
        at,
        Act::Apply {
            object,
            spec: wanted.clone(),
        },
    ));
    for _ in 0..random.below(6) {
        let longest = if random.percent(50) { 30 } else { 300 };
        at += 1 + random.below(longest);
        if at > LENGTH {
            break;
        }
        let act = match random.below(14) {
            0..=5 => {
                edit(&mut wanted, random);
                Act::Apply {
                    object,
                    spec: wanted.clone(),
                }
            }
            6 | 7 => Act::Delete { object },
            8 => annotate(object, "ecs-express.dev/restart", at),
            9 => annotate(object, "ecs-express.dev/retry", at),
            10 => Act::LoseStatus { object },
            11 => Act::ConfirmAdoption { object },
            12 => Act::Label {
                object,
                value: at.to_string(),
            },
            _ => Act::Outcome {
                service: service(object),
                outcome: random.pick(&[
                    Outcome::RollBackByAlarm,
                    Outcome::RollBackByCircuitBreaker,
                    Outcome::RollbackFails,
                ]),
            },
        };
        let deleted = matches!(act, Act::Delete { .. });
        steps.push(Step::at(at, act));
        if deleted && random.percent(60) {
            at += 1 + random.below(300);
            steps.push(Step::at(
                at,
                Act::Apply {
                    object,
                    spec: wanted.clone(),
                },
            ));
        }
    }
    steps
}

fn annotate(object: usize, key: &'static str, at: u64) -> Act {
    Act::Annotate {
        object,
        key,
        value: at.to_string(),
    }
}

fn random_spec(object: usize, random: &mut Random) -> Value {
    let mut wanted = spec(&format!("shop{object}:1"));
    for _ in 0..random.below(3) {
        edit(&mut wanted, random);
    }
    if random.percent(10) {
        wanted["deletionPolicy"] = json!("Retain");
    }
    if random.percent(10) {
        wanted["driftPolicy"] = json!("Report");
    }
    wanted
}

/// Changes one thing in a spec.
fn edit(wanted: &mut Value, random: &mut Random) {
    let number = random.below(4);
    match random.below(10) {
        0..=3 => wanted["primaryContainer"]["image"] = json!(format!("shop:{}", random.below(50))),
        4 => {
            wanted["primaryContainer"]["environment"] = json!([
                {"name": "B", "value": format!("canary-{number}")},
                {"name": "A", "value": "canary-a"},
            ]);
        }
        5 => wanted["scalingTarget"] = json!({"minTaskCount": 1 + number, "maxTaskCount": 10}),
        6 => wanted["healthCheckPath"] = json!(format!("/health{number}")),
        7 => {
            wanted["cpu"] = json!("512");
            wanted["memory"] = json!(if number.is_multiple_of(2) {
                "1024"
            } else {
                "2048"
            });
        }
        8 => wanted["tags"] = json!([{"key": "team", "value": format!("t{number}")}]),
        _ => {
            let unset = ["healthCheckPath", "scalingTarget", "tags"];
            if let Some(wanted) = wanted.as_object_mut() {
                wanted.remove(random.pick(&unset));
            }
        }
    }
}

/// What others do in AWS, and with the objects.
fn of_others(object: usize, random: &mut Random) -> Step {
    let service = service(object);
    let act = match random.below(9) {
        0 | 1 => Act::Aws(json!({
            "service": service, "update": {"primaryContainer": {"image": "others:2"}}
        })),
        2 => Act::Aws(json!({
            "service": service, "untag": [
                "ecs-express.dev/cluster-id", "ecs-express.dev/namespace",
                "ecs-express.dev/name", "ecs-express.dev/uid",
            ]
        })),
        3 => Act::Aws(json!({
            "service": service, "tag": [{"key": "ecs-express.dev/name", "value": "another"}]
        })),
        4 => Act::Aws(json!({"service": service, "delete": true})),
        5 => Act::RemoveAnnotations { object },
        6 => Act::Aws(json!({"service": service, "tag": [{"key": "team", "value": "others"}]})),
        7 => Act::Aws(json!({"service": service, "untag": ["team"]})),
        _ => Act::Label {
            object,
            value: "others".into(),
        },
    };
    Step::at(random.below(LENGTH), act)
}

/// What happens to an operator and around it.
fn of_the_environment(operator: usize, random: &mut Random) -> Step {
    let span = random.between(Duration::from_secs(1), Duration::from_secs(300));
    let act = match random.below(8) {
        0 => Act::Restart {
            operator,
            down: span,
        },
        1 => Act::Freeze { operator, span },
        2 => Act::Lag { operator, span },
        3 => Act::Relist { operator },
        4 => Act::Repeat { operator },
        5 => Act::Credentials {
            operator,
            credentials: Credentials::Valid("999999999999".into()),
        },
        6 => Act::Credentials {
            operator,
            credentials: Credentials::Expired(crate::checkers::truth::ACCOUNT.into()),
        },
        _ => Act::Clock {
            operator,
            seconds: random.pick(&[-3600, -900, 900, 86_400]),
        },
    };
    Step::at(random.below(LENGTH), act)
}

/// So many faults. ECS denies a service that it has shown before at most once: two such answers in a row
/// confirm an absence, on which the operator relies.
fn all_faults(count: u64, random: &mut Random) -> Vec<Fault> {
    let mut faults: Vec<_> = (0..count).map(|_| fault(random)).collect();
    let mut denied = false;
    for fault in &mut faults {
        if fault.kind.denies_existence() {
            fault.times = 1;
            if std::mem::replace(&mut denied, true) {
                fault.kind = FaultKind::RequestLost;
            }
        }
    }
    faults
}

fn fault(random: &mut Random) -> Fault {
    let named = [
        "CreateExpressGatewayService",
        "UpdateExpressGatewayService",
        "DeleteExpressGatewayService",
        "DescribeExpressGatewayService",
        "DescribeServices",
        "ListServiceDeployments",
        "TagResource",
        "patch status",
        "patch metadata",
        "GetCallerIdentity",
    ];
    let on = match random.below(10) {
        0..=4 => Site::Named(random.pick(&named)),
        5 | 6 => Site::ChangesAws,
        _ => Site::Any,
    };
    let reach = match on {
        Site::Named(_) | Site::ChangesAws => 6,
        Site::Any => 150,
    };
    Fault {
        on,
        after: u32::try_from(random.below(reach)).unwrap_or_default(),
        times: if random.percent(80) {
            1
        } else {
            u32::try_from(1 + random.below(10)).unwrap_or(1)
        },
        kind: random.pick(&all_kinds()),
    }
}

/// Settings of the emulator: the answers to open questions, and lags.
fn emulator(random: &mut Random) -> Value {
    let mut settings = json!({});
    let choices: [(&str, &[&str]); 14] = [
        ("omittedMembers", &["Merge", "Replace"]),
        ("omittedBlocks", &["Keep", "Reset"]),
        ("emptyLists", &["Clear", "Keep"]),
        (
            "configurationOrder",
            &["Alternating", "NewestFirst", "OldestFirst"],
        ),
        ("emptyForm", &["EmptyList", "Omitted"]),
        ("notFoundForm", &["ResourceNotFound", "InvalidParameter"]),
        (
            "takenName",
            &["NotIdempotent", "ClientException", "Existing"],
        ),
        ("updateInDeployment", &["Replace", "Queue", "Refuse"]),
        ("identicalUpdate", &["Rollout", "NoOp"]),
        ("statusReasons", &["Deployments", "Everywhere", "Nowhere"]),
        ("revisionDetail", &["Full", "Partial"]),
        ("clusterForm", &["Name", "Arn"]),
        ("endpointForm", &["Url", "Host", "HostThenUrl"]),
        (
            "defaults",
            &["DeveloperGuide", "ApiReference", "CloudFormation"],
        ),
    ];
    for (name, values) in choices {
        if random.percent(40) {
            settings[name] = json!(random.pick(values));
        }
    }
    if random.percent(25) {
        let action = random.pick(&[
            "DescribeExpressGatewayService",
            "DescribeServices",
            "ListServiceDeployments",
            "DescribeServiceDeployments",
            "DescribeServiceRevisions",
            "ListTagsForResource",
        ]);
        let lag = 1 + random.below(60);
        settings["readLagSeconds"] = json!({ (action): lag });
    }
    if random.percent(15) {
        settings["createVisibleSeconds"] = json!(1 + random.below(60));
    }
    if random.percent(15) {
        settings["drainingTailSeconds"] = json!(1 + random.below(120));
    }
    if random.percent(10) {
        settings["inactiveSeconds"] = json!(random.below(600));
    }
    settings
}
