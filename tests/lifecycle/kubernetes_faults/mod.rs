//! Faults of Kubernetes: restarts, stale caches, conflicts, rejected writes, and a CRD of another version.

mod concurrent_writes;
mod default_status;
mod finalizers;
mod former_field;
mod operator_state;
mod rejected_status;
mod restarts;
mod version_skew;
