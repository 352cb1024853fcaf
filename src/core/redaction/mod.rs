//! Redaction of texts from AWS, which quote environment values and words of the command in error messages.

pub mod quotation;
pub mod redact;
pub mod stable_text;
