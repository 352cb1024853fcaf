//! The patch from a stored status to another one.

use ecs_express_operator::{
    api::ExpressServiceStatus,
    controller::objects::{merge_patch, status_json, status_patch},
};
use serde_json::Value;
use test_support::merge_patch::merge;

/// The input is a list of two JSON values. The patch of the first leads to the second.
pub fn run(bytes: &[u8]) {
    let Ok([old, new]) = serde_json::from_slice::<[Value; 2]>(bytes) else {
        return;
    };
    // A merge patch cannot set a member to null, and a status has none.
    if !has_null(&new) {
        let mut patched = old.clone();
        merge(&mut patched, &merge_patch(&old, &new));
        assert_eq!(patched, new);
    }
    let status = |value| serde_json::from_value::<ExpressServiceStatus>(value).ok();
    if let (Some(old), Some(new)) = (status(old), status(new)) {
        let mut patched = status_json(&old);
        merge(&mut patched, &status_patch(&old, &new));
        assert_eq!(patched, status_json(&new));
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        // An element of a list is replaced with the list, so it may be null.
        Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        Value::Object(members) => members.values().any(has_null),
    }
}
