//! What the status remembers between reconciles: the last intent, and the configuration that was last applied.

pub mod intent;
pub mod state;
