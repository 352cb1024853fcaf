//! The CustomResourceDefinition that the API server serves: what it prunes, fills in and refuses.

use std::{
    cell::OnceCell,
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use ecs_express_operator::api::crd;
use kube::core::cel::{
    CompiledSchema, ValidationError, ValidationErrors, Validator, compile_schema,
};
use serde_json::{Map, Value};

/// A CustomResourceDefinition; clones share it.
#[derive(Clone, Debug)]
pub struct Definition {
    schema: Arc<Value>,
    /// The rules that compare an object with what it was before.
    transitions: Option<Arc<CompiledSchema>>,
}

static CURRENT: LazyLock<Definition> = LazyLock::new(|| {
    let crd = serde_json::to_value(crd()).unwrap_or_default();
    let schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone();
    let mut transitions = schema.clone();
    keep_transition_rules(&mut transitions);
    Definition {
        schema: Arc::new(schema),
        transitions: Some(Arc::new(compile_schema(&transitions))),
    }
});

impl Default for Definition {
    fn default() -> Self {
        Self::current()
    }
}

impl Definition {
    /// The definition of this repository, as in `crds/`.
    pub fn current() -> Self {
        CURRENT.clone()
    }

    /// An older definition that does not know these members, given by their paths with slashes.
    pub fn without(mut self, members: &[&str]) -> Self {
        let schema = Arc::make_mut(&mut self.schema);
        for path in members {
            let (parent, member) = path.rsplit_once('/').unwrap_or(("", path));
            let parent = parent.split('/').filter(|name| !name.is_empty());
            let parent = parent.fold(&mut *schema, |schema, name| &mut schema["properties"][name]);
            if let Some(parent) = parent.as_object_mut() {
                parent.remove("x-kubernetes-preserve-unknown-fields");
            }
            if let Some(known) = parent["properties"].as_object_mut() {
                known.remove(member);
            }
        }
        self
    }

    /// An older definition that gives a new object no status.
    pub fn without_default_status(mut self) -> Self {
        let schema = Arc::make_mut(&mut self.schema);
        if let Some(status) = schema["properties"]["status"].as_object_mut() {
            status.remove("default");
        }
        self
    }

    /// An older definition that allows every change.
    pub fn without_transition_rules(mut self) -> Self {
        self.transitions = None;
        self
    }

    /// Removes what the schema does not know, and gives an object without a status the default one.
    pub(super) fn normalise(&self, object: &mut Value) {
        for part in ["spec", "status"] {
            let schema = &self.schema["properties"][part];
            let Some(members) = object.as_object_mut() else {
                return;
            };
            if members.get(part).is_none_or(Value::is_null) {
                members.remove(part);
                if let Some(default) = schema.get("default") {
                    members.insert(part.to_owned(), default.clone());
                }
            }
            if let Some(value) = members.get_mut(part) {
                prune(value, schema);
            }
        }
    }

    /// Why the API server refuses the object, as it says it.
    pub(super) fn refusal(&self, object: &Value, before: Option<&Value>) -> Option<String> {
        let mut causes = Vec::new();
        for part in ["spec", "status"] {
            let schema = &self.schema["properties"][part];
            duplicates(&object[part], schema, part, &mut causes);
        }
        if let Some(before) = before.filter(|before| before["spec"] != object["spec"])
            && let Some(rules) = &self.transitions
        {
            causes.extend(broken(rules, object, before).iter().map(cause));
        }
        refused(object, causes)
    }
}

/// Joins the causes of a refusal as the API server does.
pub(super) fn refused(object: &Value, causes: Vec<String>) -> Option<String> {
    let causes = match causes.as_slice() {
        [] => return None,
        [cause] => cause.clone(),
        causes => format!("[{}]", causes.join(", ")),
    };
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    Some(format!(
        "ExpressService.ecs-express.dev \"{name}\" is invalid: {causes}"
    ))
}

fn broken(rules: &CompiledSchema, object: &Value, before: &Value) -> Vec<ValidationError> {
    thread_local! {
        static VALIDATOR: OnceCell<Validator> = const { OnceCell::new() };
    }
    VALIDATOR.with(|validator| {
        let validator = validator.get_or_init(Validator::new);
        let verdict = validator.validate_compiled(rules, object, Some(before));
        verdict
            .err()
            .map_or_else(Vec::new, ValidationErrors::into_vec)
    })
}

fn cause(error: &ValidationError) -> String {
    let field = &error.field_path;
    let kind = match error.reason.as_deref() {
        Some("FieldValueForbidden") => "Forbidden",
        Some("FieldValueRequired") => "Required value",
        Some("FieldValueDuplicate") => "Duplicate value",
        Some(_) | None => "Invalid value",
    };
    format!("{field}: {kind}: {}", error.message)
}

fn keep_transition_rules(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(rules)) = members.get_mut("x-kubernetes-validations") {
                rules.retain(is_transition_rule);
            }
            members.values_mut().for_each(keep_transition_rules);
        }
        Value::Array(schemas) => schemas.iter_mut().for_each(keep_transition_rules),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_transition_rule(rule: &Value) -> bool {
    let rule = rule["rule"].as_str();
    rule.is_some_and(|rule| rule.contains("oldSelf"))
}

/// Removes the members that the schema does not know.
fn prune(value: &mut Value, schema: &Value) {
    match value {
        Value::Object(members) => {
            let keeps_unknown = schema["x-kubernetes-preserve-unknown-fields"] == true
                || !schema["additionalProperties"].is_null();
            members.retain(|name, member| match schema["properties"].get(name) {
                Some(schema) => {
                    prune(member, schema);
                    true
                }
                None => keeps_unknown,
            });
        }
        Value::Array(items) => {
            for item in items {
                prune(item, &schema["items"]);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Adds the repeated keys of lists that are maps.
fn duplicates(value: &Value, schema: &Value, path: &str, causes: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let schema = &schema["properties"][name];
                duplicates(member, schema, &format!("{path}.{name}"), causes);
            }
        }
        Value::Array(items) => {
            let keys = schema["x-kubernetes-list-map-keys"].as_array();
            let mut seen = BTreeSet::new();
            for (place, item) in items.iter().enumerate() {
                let path = format!("{path}[{place}]");
                if let Some(keys) = keys {
                    let key: Map<_, _> = keys
                        .iter()
                        .filter_map(Value::as_str)
                        .map(|key| (key.to_owned(), item[key].clone()))
                        .collect();
                    let key = Value::Object(key).to_string();
                    if seen.contains(&key) {
                        causes.push(format!("{path}: Duplicate value: {key}"));
                    }
                    seen.insert(key);
                }
                duplicates(item, &schema["items"], &path, causes);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
