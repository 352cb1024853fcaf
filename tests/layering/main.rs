//! The layering of the sources: which folder may import from which, and that no two files import each other.
//!
//! [`tokens`] and [`source`] read Rust files, [`imports`] finds which file imports from which, [`order`] and [`cycles`]
//! judge the result, and [`purity`] names what the core must not use.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

mod cycles;
mod imports;
mod order;
mod purity;
mod source;
mod tokens;
