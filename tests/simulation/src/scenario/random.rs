//! Random scenarios from a seed: objects with edits, acts of others, and at least five faults.

use ecs_express_emulator::Outcome;
use serde_json::{Value, json};

use super::{
    Scenario,
    act::{Act, Step},
    chains::change,
    fault::{AWS_ABSENCES, Fault, FaultKind, Site, all_kinds},
    key,
    lifecycles::spec,
    others, service, settings,
};
use crate::{checkers::CREATE, random::Random, request::changes_aws};

/// How long the scenario disturbs the operator, in seconds.
pub(super) const LENGTH: u64 = 1200;

/// The scenario of a seed.
pub fn scenario(seed: u64) -> Scenario {
    let mut random = Random::part(seed, 0);
    let objects = 1 + usize::from(random.percent(30)) + usize::from(random.percent(10));
    let operators = 1 + usize::from(random.percent(35));
    let mut steps = Vec::new();
    for object in 0..objects {
        let name = random.percent(10).then(|| format!("web-{object}"));
        let name = name.unwrap_or_else(|| service(object));
        steps.extend(life(object, &name, &mut random));
        for _ in 0..random.below(4) {
            steps.extend(others::acts(object, &name, &mut random));
        }
    }
    for _ in 0..random.below(4) {
        let operator = usize::try_from(random.below(operators as u64)).unwrap_or_default();
        steps.extend(others::environment(operator, &mut random));
    }
    // With a definition that drops the intent, only the sender of a create or an earlier status knows that a service may
    // exist.
    let loses = |step: &Step| matches!(step.act, Act::LoseStatus { .. });
    if operators > 1 || steps.iter().any(loses) {
        steps.retain(|step| !matches!(step.act, Act::Definition { .. }));
    }
    steps.sort_by_key(|step| step.at);
    let faults = 12 + random.below(8);
    Scenario {
        seed,
        emulator: settings::random(&mut random),
        operators,
        objects: (0..objects).map(key).collect(),
        steps,
        faults: all_faults(faults, &mut random),
    }
}

/// What users do with an object.
fn life(object: usize, name: &str, random: &mut Random) -> Vec<Step> {
    let mut wanted = random_spec(object, random);
    if name != service(object) {
        wanted["serviceName"] = json!(name);
    }
    let mut at = random.below(60);
    let mut steps = Vec::new();
    if random.percent(15) {
        let mut existing = spec("others:1");
        existing["serviceName"] = json!(name);
        let body = existing;
        steps.push(Step::at(
            0,
            Act::Call {
                action: CREATE,
                body,
            },
        ));
        wanted["adoptionPolicy"] = json!(if random.percent(80) { "Adopt" } else { "Never" });
        // A confirmation, after which the spec may change once more.
        if random.percent(60) {
            let confirmed = at + 20 + random.below(200);
            steps.push(Step::at(confirmed, Act::ConfirmAdoption { object }));
        }
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
        let act = match random.below(15) {
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
            13 => {
                edit(&mut wanted, random);
                Act::Replace {
                    object,
                    spec: wanted.clone(),
                }
            }
            _ => Act::Outcome {
                service: name.to_owned(),
                outcome: random.pick(&[
                    Outcome::RollBackByAlarm,
                    Outcome::RollBackByCircuitBreaker,
                    Outcome::RollbackFails,
                    Outcome::NeverComesUp,
                    Outcome::ManagedResourceFails,
                    Outcome::RollBackBeforeShown,
                    Outcome::StopBeforeShown,
                    Outcome::Vanish,
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
    // The schema refuses most fields beside a task definition.
    if random.percent(25) || !wanted["taskDefinitionArn"].is_null() {
        change(wanted, random);
        return;
    }
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

/// The read that may deny a service alone.
const DESCRIBE: &str = "DescribeExpressGatewayService";

/// So many faults. ECS denies a service that it has shown before, or its owner, at most once: two such answers in a row
/// confirm an absence or another owner, on which the operator relies.
fn all_faults(count: u64, random: &mut Random) -> Vec<Fault> {
    let mut faults: Vec<_> = (0..count).map(|_| fault(random)).collect();
    // One of the two reads may deny the service again and again.
    let denies_always = random.percent(15);
    if denies_always {
        faults.push(Fault {
            on: Site::Named(DESCRIBE),
            after: u32::try_from(random.below(12)).unwrap_or_default(),
            times: 1 + u32::try_from(random.below(30)).unwrap_or_default(),
            kind: FaultKind::Refused(AWS_ABSENCES[0]),
        });
    }
    let mut denied = denies_always;
    // Then the other read is not refused: the operator has nothing else to go by.
    let refuses_the_other = |fault: &Fault| {
        let other = matches!(fault.on, Site::Any | Site::Named("DescribeServices"));
        other && matches!(fault.kind, FaultKind::Refused(_))
    };
    if denies_always {
        faults.retain(|fault| !refuses_the_other(fault));
    }
    let many = usize::from(denies_always);
    let ordinary = faults.len() - many;
    for fault in faults.iter_mut().take(ordinary) {
        if fault.kind.denies_service() {
            fault.times = 1;
            if std::mem::replace(&mut denied, true) {
                fault.kind = FaultKind::RequestLost;
            }
        }
    }
    faults
}

/// Whether a request of the site can meet the fault.
fn may_meet(kind: &FaultKind, on: Site) -> bool {
    match on {
        Site::Any | Site::Number(_) => true,
        Site::ChangesAws => kind.fits(true, true),
        Site::Named(name) => {
            let shows_tags = name == DESCRIBE || name == "DescribeServices";
            let aws = !name.starts_with("patch ");
            let write = !aws || changes_aws(name);
            kind.fits(aws, write) && (shows_tags || *kind != FaultKind::OthersTags)
        }
    }
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
        Site::Named(_) | Site::ChangesAws | Site::Number(_) => 6,
        Site::Any => 80,
    };
    let mut kind = random.pick(&all_kinds());
    while !may_meet(&kind, on) {
        kind = random.pick(&all_kinds());
    }
    Fault {
        on,
        after: u32::try_from(random.below(reach)).unwrap_or_default(),
        times: if random.percent(80) {
            1
        } else {
            u32::try_from(1 + random.below(10)).unwrap_or(1)
        },
        kind,
    }
}
