//! Scenarios in which mended defects would show.

use simulation::scenario::histories;

use crate::run_all;

#[test]
fn histories_in_which_mended_defects_would_show_keep_every_invariant() {
    run_all(&histories::all(), |(name, scenario)| {
        ((*name).to_owned(), scenario.clone())
    });
}
