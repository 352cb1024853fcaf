//! The whole model at a moment of its clock, its history for lagging reads, and its saved form.

pub(crate) mod history;
pub(crate) mod model;
pub(crate) mod next_change;
pub(crate) mod saved;
