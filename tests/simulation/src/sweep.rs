//! The sweep: every request of every life meets every single fault.

use std::collections::BTreeSet;

use crate::{
    scenario::{
        Scenario,
        fault::{Fault, FaultKind, Site, all_kinds},
        lifecycles::{LIFECYCLES, Lifecycle, scenario},
    },
    simulator::{RequestMade, run},
    story::Story,
};

/// One run of the sweep.
#[derive(Clone, Debug)]
pub struct Case {
    /// How many operators run beside one another.
    pub operators: usize,
    /// The life.
    pub life: Lifecycle,
    /// Which request of the life meets the fault.
    pub request: usize,
    /// Its name.
    pub name: &'static str,
    /// The fault.
    pub fault: FaultKind,
}

/// Which requests the sweep meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Every request.
    Every,
    /// Of requests with the same name in the same state of object and service, the first.
    FirstOfEachState,
}

impl Case {
    /// The case as a scenario.
    pub fn scenario(&self) -> Scenario {
        let fault = Fault {
            on: Site::Number(self.request),
            after: 0,
            times: 1,
            kind: self.fault.clone(),
        };
        Scenario {
            faults: vec![fault],
            operators: self.operators,
            ..scenario(self.life)
        }
    }
}

/// All cases with so many operators.
pub fn cases(breadth: Breadth, operators: usize) -> Vec<Case> {
    LIFECYCLES
        .into_iter()
        .flat_map(|life| {
            let undisturbed = Scenario {
                operators,
                ..scenario(life)
            };
            let calm_from = undisturbed.calm_from();
            let mut requests = run(&undisturbed, Story::default()).requests;
            // From then on no fault meets a request.
            requests.retain(|made| made.at < calm_from);
            let sites = sites(&requests, breadth);
            sites.into_iter().flat_map(move |(request, made)| {
                all_kinds()
                    .into_iter()
                    .filter(move |kind| kind.fits(made.aws, made.write))
                    .map(move |fault| Case {
                        operators,
                        life,
                        request,
                        name: made.name,
                        fault,
                    })
            })
        })
        .collect()
}

fn sites(requests: &[RequestMade], breadth: Breadth) -> Vec<(usize, RequestMade)> {
    let mut seen = BTreeSet::new();
    requests
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, made)| match breadth {
            Breadth::Every => true,
            Breadth::FirstOfEachState => seen.insert((made.name, made.state)),
        })
        .collect()
}
