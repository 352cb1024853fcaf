//! Faults of AWS: errors, throttling, lost responses, and credentials that fail or change.

mod api_errors;
mod credentials;
mod faults;
mod open_questions;
