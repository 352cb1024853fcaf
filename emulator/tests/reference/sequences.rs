//! Random sequences of calls, changes by others, and time.

use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    deployment::{Plan, Seconds},
    service::{Rules, WhileDeploying},
};

/// The names in a sequence.
pub const NAMES: [&str; 2] = ["one", "two"];

/// A step of a sequence, on the name with this index.
#[derive(Debug, Clone)]
pub enum Step {
    Create,
    Update { path: Option<u8>, image: Option<u8> },
    ForceDeployment,
    Delete,
    Stop { aborts: bool },
    Tag(u8),
    Plan(Plan),
    CreateCustomers,
    DeleteByAnother,
    Purge,
}

/// A sequence: the rules, and for each step its name and the time that passes after it.
#[derive(Debug, Clone)]
pub struct Sequence {
    pub rules: Rules,
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
    (while_deploying, any::<bool>(), tail, visible_after).prop_map(
        |(while_deploying, listed, tail, visible_after)| Rules {
            while_deploying,
            listed,
            tail,
            visible_after,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let member = || option::of(0..3_u8);
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
        8 => (member(), member()).prop_map(|(path, image)| Step::Update { path, image }),
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
    (rules(), steps).prop_map(|(rules, steps)| Sequence { rules, steps })
}
