//! Text from AWS that may be shown: AWS quotes environment values and words of the command in its messages.

pub mod quotation;
pub mod redact;
pub mod stable_text;
