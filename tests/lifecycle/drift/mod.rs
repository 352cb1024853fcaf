//! Drift: configuration and tags that are changed outside Kubernetes, and observations that are no drift.

mod configuration;
mod incomplete_responses;
mod restore_without_status;
mod tag_conflicts;
mod tags;
