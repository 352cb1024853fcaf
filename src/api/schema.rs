//! Changes to the derived schema that the Kubernetes API server needs.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinitionVersion, JSON,
};
use schemars::Schema;
use serde_json::{Value, json};

/// Gives a new object a status that no operator has observed yet. kstatus regards an object without a status as current, so
/// that tools that wait for it, such as Flux, would continue at once.
pub(super) fn unobserved_by_default(version: &mut CustomResourceDefinitionVersion) {
    let schema = version.schema.as_mut();
    let schema = schema.and_then(|schema| schema.open_api_v3_schema.as_mut());
    let properties = schema.and_then(|schema| schema.properties.as_mut());
    if let Some(status) = properties.and_then(|properties| properties.get_mut("status")) {
        status.default = Some(JSON(json!({ "observedGeneration": -1 })));
        // The API server replaces null with the default only where null is not allowed.
        status.nullable = None;
    }
}

/// Lets the API server keep members that this schema does not have, so that the state that a newer operator stored survives
/// an older CustomResourceDefinition, and the other way round.
pub(super) fn unknown_members_kept(schema: &mut Schema) {
    schema.insert(
        "x-kubernetes-preserve-unknown-fields".into(),
        Value::Bool(true),
    );
}

/// Removes `null` from the types, enums and unions that schemars generates for an `Option`.
///
/// With `nullable`, the API server would store `null`, list it among the supported values of an enum, and answer
/// `kubectl scale` with an error. Without it, the API server drops a `null`. In Kubernetes, an absent field and `null` mean the
/// same.
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
