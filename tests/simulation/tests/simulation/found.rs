//! Defects that the simulation has found do not come back.

use simulation::scenario::found;

use crate::run_all;

#[test]
fn no_defect_that_the_simulation_has_found_comes_back() {
    let found = found::all();
    assert!(found.len() > 100, "only {} scenarios", found.len());
    run_all(&found, Clone::clone);
}
