//! Hashes of configurations and tags. They are stored in the operator state, so every build must compute the same ones.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::core::desired::{field::Field, value::Value};

/// Returns the hash of fields and their values. It is part of the scheme of the operator state, so a change of the
/// computation requires a new scheme number.
pub(crate) fn hash<'a>(values: impl Iterator<Item = (&'a Field, &'a Value)>) -> String {
    let mut digest = Sha256::new();
    let mut update = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    for (field, value) in values {
        update(field.path());
        value.hash_into(&mut update);
        update("");
    }
    hex(&digest.finalize())
}

/// Returns the hash of tags, which depends on keys and values.
pub fn hash_of_tags(tags: &BTreeMap<String, String>) -> String {
    hash_of_texts(tags.iter().flat_map(|(key, value)| [key, value]))
}

/// Returns the hash of texts in the given order.
pub fn hash_of_texts<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        let text = text.as_ref();
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    }
    hex(&digest.finalize())
}

/// Returns the first 16 hexadecimal digits of a digest, enough to distinguish the configurations of one object.
fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
