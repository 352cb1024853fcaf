//! The driver of `make fuzz`: libFuzzer on the target that `FUZZ_TARGET` names.

#![no_main]
#![allow(
    missing_docs,
    reason = "the macros define functions that libFuzzer calls"
)]

use std::sync::OnceLock;

use fuzz::{TARGETS, Target, mutation, target};

/// One in so many mutations is libFuzzer's own, which tries the values that the code compares with.
const BUILT_IN: u32 = 3;

static TARGET: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    (TARGET.get_or_init(chosen).run)(bytes);
});

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed.is_multiple_of(BUILT_IN) {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let mutant = mutation::mutate(&data[..size], max_size, u64::from(seed));
    data[..mutant.len()].copy_from_slice(&mutant);
    mutant.len()
});

fn chosen() -> Target {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    target(&name).unwrap_or_else(|| {
        let names = TARGETS.map(|target| target.name).join(", ");
        panic!("set FUZZ_TARGET to one of {names}")
    })
}
