//! Members that answers leave out while a revision is young.

use serde_json::Value;

use crate::model::{clock::VirtualTime, settings::Settings};

/// Takes the members out of an object about a revision that was made at `created_at`.
pub(crate) fn omit_lagging_members(
    wire: &mut Value,
    created_at: VirtualTime,
    settings: &Settings,
    now: VirtualTime,
) {
    for (member, seconds) in &settings.member_lag_seconds {
        if created_at.after_seconds(*seconds) <= now {
            continue;
        }
        let (object, name) = match member.split_once('.') {
            Some((block, name)) => (wire.get_mut(block), name),
            None => (Some(&mut *wire), member.as_str()),
        };
        if let Some(Value::Object(object)) = object {
            object.remove(name);
        }
    }
}
