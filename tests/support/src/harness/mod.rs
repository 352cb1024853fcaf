//! The test harness: the simulated cluster, its API server, the operator process, and helpers for specs.

pub mod api_server;
pub mod full_spec;
pub mod image_specs;
pub mod no_objects;
pub mod operator_process;
pub mod simulated_cluster;
