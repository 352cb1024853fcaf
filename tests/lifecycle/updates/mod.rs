//! Edits of the spec and the rollouts that they start: each edit is sent once, whatever happens to its response.

mod breaker;
mod consecutive_edits;
mod edits_without_baseline;
mod fencing;
mod left_in_force;
mod lost_responses;
mod progress_deadline;
mod response_forms;
mod rollback;
mod security_groups;
mod size_limit;
mod stopped_deployments;
mod update;
mod updates_in_doubt;
