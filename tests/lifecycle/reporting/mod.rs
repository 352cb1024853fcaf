//! What users see: conditions, events, log lines and columns, and what none of them may show.

mod confidentiality;
mod log;
mod managed_resources;
mod messages;
mod redaction;
mod warnings;
