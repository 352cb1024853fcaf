//! What users see: conditions, events, log lines and columns, and what none of them may show.

mod confidentiality;
mod lasting_errors;
mod log;
mod managed_resources;
mod messages;
mod observed_only;
mod redaction;
mod services_of_others;
mod warnings;
