//! What the derived schema needs before a Kubernetes API server serves it well.

use schemars::Schema;
use serde_json::Value;

/// Takes `null` out of the types, enums and unions that schemars makes of an `Option`.
///
/// With `nullable` the API server would store `null`, list it among the supported values of an enum, and answer
/// `kubectl scale` with an error; without, it drops a `null` itself. In Kubernetes absent and `null` mean the same.
pub(super) fn absent_instead_of_null(schema: &mut Schema) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for property in properties.values_mut() {
        let Value::Object(property) = property else {
            continue;
        };
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|t| t != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                property.insert("type".into(), only);
            }
        }
        if let Some(Value::Array(values)) = property.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        if let Some(Value::Array(halves)) = property.get_mut("anyOf") {
            halves.retain(|half| half["type"] != "null" && !half["enum"].is_array_of_null());
            if let [Value::Object(only)] = halves.as_slice() {
                let only = only.clone();
                property.remove("anyOf");
                for (key, value) in only {
                    property.entry(key).or_insert(value);
                }
            }
        }
        property.remove("nullable");
    }
}

trait ArrayOfNull {
    fn is_array_of_null(&self) -> bool;
}

impl ArrayOfNull for Value {
    fn is_array_of_null(&self) -> bool {
        self.as_array()
            .is_some_and(|values| values.iter().all(Value::is_null))
    }
}
