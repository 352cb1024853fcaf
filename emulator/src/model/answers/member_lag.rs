//! Members that answers omit for a while after a revision is created.

use serde_json::Value;

use crate::model::{clock::VirtualTime, settings::Settings};

/// Removes the lagging members from an object that describes a revision created at `created_at`.
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
