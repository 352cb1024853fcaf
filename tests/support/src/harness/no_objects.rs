//! Object metrics for tests that only count reconciles.

use ecs_express_operator::{core::report::state::State, telemetry::metrics::ObjectStates};

/// Metrics of a process without objects.
pub struct NoObjects;

impl ObjectStates for NoObjects {
    fn states(&self) -> Vec<State> {
        Vec::new()
    }
}
