//! Each request meets each single fault.

use simulation::sweep::{Breadth, cases};

use crate::run_all;

#[test]
fn each_request_in_each_state_of_every_life_may_meet_any_single_fault() {
    let cases = cases(Breadth::FirstOfEachState, 1);
    assert!(cases.len() > 1500, "only {} cases", cases.len());
    run_all(&cases, |case| {
        let name = format!(
            "{:?}: {} ({}): {}",
            case.life,
            case.name,
            case.request,
            case.fault.name()
        );
        (name, case.scenario())
    });
}
