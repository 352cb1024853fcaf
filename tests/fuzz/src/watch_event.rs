//! A line of a watch, or the answer to a list.

use ecs_express_operator::controller::watch::cache_entry::CacheEntry;
use kube::core::{ObjectList, WatchEvent};

use crate::stored_object::check;

/// The bytes are a watch event or a list, as the API server writes them.
pub fn run(bytes: &[u8]) {
    match serde_json::from_slice::<WatchEvent<CacheEntry>>(bytes) {
        Ok(WatchEvent::Added(entry) | WatchEvent::Modified(entry) | WatchEvent::Deleted(entry)) => {
            check(&entry);
        }
        Ok(WatchEvent::Bookmark(_) | WatchEvent::Error(_)) | Err(_) => {}
    }
    if let Ok(list) = serde_json::from_slice::<ObjectList<CacheEntry>>(bytes) {
        let mut before: Option<CacheEntry> = None;
        for mut entry in list.items {
            check(&entry);
            entry.compare(before.as_ref());
            before = Some(entry);
        }
    }
}
