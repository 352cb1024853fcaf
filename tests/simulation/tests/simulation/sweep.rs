//! Each request meets each single fault.

use simulation::sweep::{Breadth, Case, cases};

use crate::run_all_and;

#[test]
fn each_request_in_each_state_of_every_life_may_meet_any_single_fault() {
    let cases = cases(Breadth::FirstOfEachState, 1);
    assert!(cases.len() > 1500, "only {} cases", cases.len());
    let scenario = |case: &Case| {
        let name = format!(
            "{:?}: {} ({}): {}",
            case.life,
            case.name,
            case.request,
            case.fault.name()
        );
        (name, case.scenario())
    };
    run_all_and(&cases, scenario, |outcome| outcome.faults_met == 1);
}
