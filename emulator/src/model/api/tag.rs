//! Tags of a resource and the rules for their keys and values.

use serde::{Deserialize, Serialize};

use crate::model::api::error::ApiError;

/// A tag of a service or task definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The tag key.
    #[serde(default)]
    pub key: String,
    /// The tag value.
    #[serde(default)]
    pub value: String,
}

/// Checks tags that a customer sets: allowed characters, no reserved prefix, no key twice.
pub(crate) fn check_tags(tags: &[Tag]) -> Result<(), ApiError> {
    let reserved = |tag: &&Tag| tag.key.to_ascii_lowercase().starts_with("aws:");
    if let Some(Tag { key, .. }) = tags.iter().find(reserved) {
        return Err(ApiError::invalid_parameter(format!(
            "Invalid tag key: {key:?}. The prefix aws: is reserved."
        )));
    }
    check_tags_of_aws(tags)
}

/// Checks tags that AWS may have set, so that the prefix `aws:` is allowed.
pub(crate) fn check_tags_of_aws(tags: &[Tag]) -> Result<(), ApiError> {
    let plain = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c))
    };
    for (index, Tag { key, value }) in tags.iter().enumerate() {
        if key.is_empty() || key.chars().count() > 128 || !plain(key) {
            return Err(ApiError::invalid_parameter(format!(
                "Invalid tag key: {key:?}. It must have 1 to 128 letters, spaces, digits or any of _.:/=+-@."
            )));
        }
        if value.chars().count() > 256 || !plain(value) {
            return Err(ApiError::invalid_parameter(format!(
                "Invalid value of tag {key:?}. It must have at most 256 letters, spaces, digits or any of _.:/=+-@."
            )));
        }
        if tags[..index].iter().any(|earlier| earlier.key == *key) {
            return Err(ApiError::invalid_parameter(format!(
                "Duplicate tag key: {key:?}"
            )));
        }
    }
    Ok(())
}
