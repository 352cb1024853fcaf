//! What others do at random: in AWS, with the objects, and to the operators.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    act::{Act, Step},
    lifecycles::spec,
    random::LENGTH,
};
use crate::{
    checkers::{CREATE, truth::ACCOUNT},
    link::Credentials,
    random::Random,
};

/// The owner tags.
const OWNER_TAGS: [&str; 4] = [
    "ecs-express.dev/cluster-id",
    "ecs-express.dev/namespace",
    "ecs-express.dev/name",
    "ecs-express.dev/uid",
];

/// What others do in AWS, and with the objects. They correct afterwards what only they can correct.
pub(super) fn acts(object: usize, service: &str, random: &mut Random) -> Vec<Step> {
    let at = random.below(LENGTH);
    let later = at + 1 + random.below(LENGTH - at);
    let aws = |mut change: Value| {
        change["service"] = json!(service);
        Act::Aws(change)
    };
    let tag = |key: &str, value: &str| aws(json!({"tag": [{"key": key, "value": value}]}));
    let role = |name: &str, usable: bool| {
        let role = format!("arn:aws:iam::123456789012:role/{name}");
        Act::Aws(json!({"role": role, "usable": usable}))
    };
    let act = match random.below(24) {
        0 | 1 => aws(json!({"update": {"primaryContainer": {"image": "others:2"}}})),
        2 => aws(json!({"untag": OWNER_TAGS})),
        3 => tag("ecs-express.dev/name", "another"),
        4 => aws(json!({"delete": true})),
        5 => Act::RemoveAnnotations { object },
        6 => tag("team", "others"),
        7 => aws(json!({"untag": ["team"]})),
        8 => tag("ecs-express.dev/cluster-id", "cluster-2"),
        9 => tag("aws:cloudformation:stack-name", "others"),
        10 => tag("cost-center", "1"),
        11 => aws(json!({"untag": [random.pick(&OWNER_TAGS)]})),
        12 => aws(json!({"purge": true})),
        22 | 23 => {
            let mut successor = spec("others:3");
            successor["serviceName"] = json!(service);
            let create = Act::Call {
                action: CREATE,
                body: successor,
            };
            return vec![
                Step::at(at, aws(json!({"purge": true}))),
                Step::at(at + random.below(3), create),
            ];
        }
        13 => aws(json!({"customer": true})),
        14 => aws(json!({"desiredCount": random.below(3)})),
        15 => aws(json!({"runningCount": random.below(3)})),
        16 => aws(json!({"update": {"scalingTarget": {"minTaskCount": 3, "maxTaskCount": 9}}})),
        17 => aws(json!({"fail": {"resource": "LoadBalancer", "reason": "others deleted it"}})),
        18 => aws(json!({"detach": "LoadBalancer"})),
        19 => {
            let name = random.pick(&["infra", "exec"]);
            return vec![
                Step::at(at, role(name, false)),
                Step::at(later, role(name, true)),
            ];
        }
        20 => {
            let finalizer = |present| Act::Finalizer { object, present };
            return vec![
                Step::at(at, finalizer(true)),
                Step::at(later, finalizer(false)),
            ];
        }
        _ => Act::Label {
            object,
            value: "others".into(),
        },
    };
    vec![Step::at(at, act)]
}

/// What happens to an operator and around it.
pub(super) fn environment(operator: usize, random: &mut Random) -> Vec<Step> {
    let span = random.between(Duration::from_secs(1), Duration::from_secs(300));
    let act = match random.below(10) {
        8 => {
            let at = random.below(LENGTH);
            let later = Step::at(at + 1 + random.below(300), Act::Definition { old: false });
            return vec![Step::at(at, Act::Definition { old: true }), later];
        }
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
            credentials: Credentials::Expired(ACCOUNT.into()),
        },
        7 => Act::Credentials {
            operator,
            credentials: Credentials::None,
        },
        _ => Act::Clock {
            operator,
            seconds: random.pick(&[-3600, -900, 900, 86_400]),
        },
    };
    let at = random.below(LENGTH);
    let mut steps = vec![Step::at(at, act)];
    // The right credentials come back, soon or with the end of all disturbances.
    if matches!(steps[0].act, Act::Credentials { .. }) && random.percent(60) {
        let credentials = Credentials::Valid(ACCOUNT.into());
        let valid = Act::Credentials {
            operator,
            credentials,
        };
        steps.push(Step::at(at + 1 + random.below(300), valid));
    }
    steps
}
