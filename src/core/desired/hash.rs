//! Hashes of configurations and tags, which are stored in the operator state and must be the same in every build.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::core::desired::{field::Field, value::Value};

/// Hash of fields and values; part of the memory's scheme, so a change of it needs another scheme number.
pub(crate) fn hash<'a>(values: impl Iterator<Item = (&'a Field, &'a Value)>) -> String {
    let mut digest = Sha256::new();
    let mut feed = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    for (field, value) in values {
        feed(field.path());
        value.feed(&mut feed);
        feed("");
    }
    hex(&digest.finalize())
}

/// Hash of tags.
pub fn hash_of_tags(tags: &BTreeMap<String, String>) -> String {
    hash_of_texts(tags.iter().flat_map(|(key, value)| [key, value]))
}

/// Hash of texts in their order.
pub fn hash_of_texts<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        let text = text.as_ref();
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    }
    hex(&digest.finalize())
}

/// The first 16 hexadecimal digits: enough to tell two configurations of one object apart.
fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
