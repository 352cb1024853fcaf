//! Random sequences of calls, changes by others, and time.

use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    deployment::{Plan, Seconds},
    service::{Rules, Update, WhileDeploying},
};

/// The names in a sequence.
pub const NAMES: [&str; 2] = ["one", "two"];

/// A step of a sequence, on the name with this index.
#[derive(Debug, Clone)]
pub enum Step {
    Create,
    Update(Update),
    ForceDeployment,
    Delete,
    Stop { aborts: bool },
    Tag(u8),
    Plan(Plan),
    CreateCustomers,
    DeleteByAnother,
    Purge,
}

/// How the clock of the model moves, which must not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    AtOnce,
    FromChangeToChange,
}

/// A sequence: the rules, and for each step its name and the time that passes after it.
#[derive(Debug, Clone)]
pub struct Sequence {
    pub rules: Rules,
    pub clock: Clock,
    pub steps: Vec<(usize, Step, Seconds)>,
}

fn rules() -> impl Strategy<Value = Rules> {
    let while_deploying = select(vec![
        WhileDeploying::Replace,
        WhileDeploying::Queue,
        WhileDeploying::Refuse,
    ]);
    let tail = select(vec![0, 120]);
    let visible_after = select(vec![0, 20]);
    (while_deploying, any::<[bool; 3]>(), tail, visible_after).prop_map(
        |(while_deploying, [listed, container_merges, scaling_merges], tail, visible_after)| {
            Rules {
                while_deploying,
                listed,
                tail,
                visible_after,
                container_merges,
                scaling_merges,
            }
        },
    )
}

fn update() -> impl Strategy<Value = Update> {
    let path = select(vec!["/one", "/two"]).prop_map(str::to_owned);
    let image = select(vec!["registry.example/image:1", "registry.example/image:2"]);
    let container = (image.prop_map(str::to_owned), option::of(8080..8082_i64));
    let scaling = option::of(1..3_i64);
    (option::of(path), option::of(container), option::of(scaling)).prop_map(
        |(path, container, scaling)| Update {
            path,
            container,
            scaling,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let plan = select(vec![
        Plan::Succeed,
        Plan::NeverComesUp,
        Plan::BreakerOpens,
        Plan::AlarmFires,
        Plan::RollbackFails,
        Plan::RolledBackBeforeShown,
        Plan::StoppedBeforeShown,
        Plan::Vanishes,
    ]);
    prop_oneof![
        6 => Just(Step::Create),
        8 => update().prop_map(Step::Update),
        1 => Just(Step::ForceDeployment),
        2 => Just(Step::Delete),
        2 => any::<bool>().prop_map(|aborts| Step::Stop { aborts }),
        1 => (0..3_u8).prop_map(Step::Tag),
        3 => plan.prop_map(Step::Plan),
        1 => Just(Step::CreateCustomers),
        1 => Just(Step::DeleteByAnother),
        1 => Just(Step::Purge),
    ]
}

/// Times at which something happens or nothing does.
fn time() -> impl Strategy<Value = Seconds> {
    prop_oneof![
        3 => Just(0),
        4 => 1..12_u64,
        3 => 20..130_u64,
        2 => select(vec![90, 150, 185, 235, 515, 600]),
        1 => select(vec![699, 700, 790, 1500]),
    ]
}

pub fn sequence() -> impl Strategy<Value = Sequence> {
    let steps = vec((0..NAMES.len(), step(), time()), 1..30);
    let clock = select(vec![Clock::AtOnce, Clock::FromChangeToChange]);
    (rules(), clock, steps).prop_map(|(rules, clock, steps)| Sequence {
        rules,
        clock,
        steps,
    })
}
