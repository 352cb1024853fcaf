//! Chains of specs reach what their last spec alone reaches.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;
use simulation::{
    scenario::{
        chains::{answers, of_each_field, random},
        fields,
    },
    sequences::{Counts, judge},
};

/// About 20 seconds of them on two cores.
const RANDOM_CHAINS: u64 = 40;

#[test]
fn a_chain_of_specs_reaches_what_its_last_spec_alone_reaches() {
    let answers = answers();
    // Each field under one of the answers, and all of them in turn.
    let of_fields = of_each_field(&answers[0]).into_iter().enumerate();
    let of_fields = of_fields.map(|(number, chain)| {
        let emulator = answers[number % answers.len()].clone();
        simulation::scenario::chains::Chain { emulator, ..chain }
    });
    let chains: Vec<_> = of_fields
        .chain((0..RANDOM_CHAINS).map(|seed| random(seed, 15)))
        .collect();
    let (next, found) = (
        AtomicUsize::new(0),
        Mutex::new((Counts::default(), Vec::new())),
    );
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(chain) = chains.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (counts, broken) = judge(chain);
                    let mut found = found.lock().unwrap();
                    found.0.add(counts);
                    found.1.extend(broken.into_iter().map(|(link, violation)| {
                        format!(
                            "{} under {}, link {link}: {violation:?}",
                            chain.name, chain.emulator
                        )
                    }));
                }
            });
        }
    });
    let (counts, broken) = found.into_inner().unwrap();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    // The oracle is not blind: each kind of transition occurs.
    for count in [
        counts.applied,
        counts.left_in_force,
        counts.refused,
        counts.suspended,
    ] {
        assert!(count > 0, "{counts:?}");
    }
}

#[test]
fn every_field_of_the_spec_takes_part_in_chains() {
    let crd = serde_json::to_value(ecs_express_operator::api::crd()).unwrap();
    let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    let mut of_schema = BTreeSet::new();
    leaves(&schema["properties"]["spec"], "", &mut of_schema);
    let fields = fields::all();
    let of_chains: BTreeSet<_> = fields
        .iter()
        .flat_map(|field| field.paths.iter().map(|path| (*path).to_owned()))
        .collect();
    assert_eq!(of_chains, of_schema);
}

/// The paths of the members that are no blocks.
fn leaves(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    let Some(properties) = schema["properties"].as_object() else {
        found.insert(path.to_owned());
        return;
    };
    for (name, member) in properties {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        leaves(member, &path, found);
    }
}
