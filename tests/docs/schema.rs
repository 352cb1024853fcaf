//! The fields of the resource, from the CustomResourceDefinition in `crds/`.

use serde_json::{Map, Value};

use crate::repository::read;

pub fn crd() -> Value {
    serde_saphyr::from_str(&read("crds/expressservices.yaml")).unwrap()
}

/// A field of the spec or the status.
#[derive(Debug)]
pub struct Field {
    /// Path, with `[]` after each list.
    pub path: String,
    pub required: bool,
    pub schema: Map<String, Value>,
    /// The message of a rejection.
    pub messages: Vec<String>,
}

/// The fields below `spec` or `status`, each after its parent.
pub fn fields(part: &str) -> Vec<Field> {
    let schema = crd()["spec"]["versions"][0]["schema"]["openAPIV3Schema"].take();
    let mut found = Vec::new();
    below(&schema["properties"][part], part, &mut found);
    let whole = [("", &schema), (part, &schema["properties"][part])];
    for (path, schema) in whole {
        place_messages(path, schema, &mut found);
    }
    found
}

fn below(schema: &Value, path: &str, found: &mut Vec<Field>) {
    let required: Vec<&str> = strings(&schema["required"]).collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        found.push(Field {
            path: path.clone(),
            required: required.contains(&name.as_str()),
            schema: property.as_object().unwrap().clone(),
            messages: Vec::new(),
        });
        let items = &property["items"];
        below(property, &path, found);
        below(items, &format!("{path}[]"), found);
        place_messages(&path, property, found);
        place_messages(&format!("{path}[]"), items, found);
    }
}

/// A rule is about the field that its `fieldPath` names, otherwise about the field that carries it.
fn place_messages(path: &str, schema: &Value, found: &mut [Field]) {
    for rule in schema["x-kubernetes-validations"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let below = rule["fieldPath"].as_str().unwrap_or_default();
        let whole = format!("{path}{below}");
        let target = whole.trim_start_matches('.').trim_end_matches("[]");
        let mut fields = found.iter_mut();
        // The rule on the object's name is documented under the field that resolves it.
        if let Some(field) = fields.find(|field| field.path == target) {
            field.messages.push(message(rule));
        }
    }
}

/// The message that users read, with `…` for what depends on their object.
fn message(rule: &Value) -> String {
    if let Some(message) = rule["message"].as_str() {
        return message.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let expression = rule["messageExpression"].as_str().unwrap();
    let (text, _) = expression
        .strip_prefix('\'')
        .and_then(|text| text.split_once("'.format("))
        .unwrap_or_else(|| panic!("no formatted text: {expression}"));
    text.replace("\\\"", "\"")
        .replace("%s", "…")
        .replace("%d", "…")
}

pub fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

impl Field {
    fn text(&self, key: &str) -> &str {
        self.schema
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn items(&self) -> &Value {
        self.schema.get("items").unwrap_or(&Value::Null)
    }

    /// The sentences of the description.
    pub fn sentences(&self) -> Vec<String> {
        let words = self.text("description").split_whitespace();
        let text = words.collect::<Vec<_>>().join(" ");
        let mut sentences = vec![String::new()];
        for word in text.split(' ') {
            let sentence = sentences.last_mut().unwrap();
            if !sentence.is_empty() {
                sentence.push(' ');
            }
            sentence.push_str(word);
            if word.ends_with('.') {
                sentences.push(String::new());
            }
        }
        sentences.retain(|sentence| !sentence.is_empty());
        sentences
    }

    /// The value that a user writes.
    pub fn kind(&self) -> String {
        match (self.text("type"), self.text("format")) {
            ("string", "date-time") => "time".into(),
            ("array", _) => {
                let item = self.items()["type"].as_str().unwrap_or_default();
                let item = if item == "object" {
                    "objects"
                } else {
                    "strings"
                };
                let keys = self.schema.get("x-kubernetes-list-map-keys");
                match (keys, self.text("x-kubernetes-list-type")) {
                    (Some(keys), _) => {
                        let keys: Vec<&str> = strings(keys).collect();
                        format!("list of {item}, unique by `{}`", keys.join("`, `"))
                    }
                    (None, "set") => format!("list of {item}, each once"),
                    (None, _) => format!("list of {item}"),
                }
            }
            (kind, _) => kind.into(),
        }
    }

    /// Values and limits that the schema enforces.
    pub fn limits(&self) -> Vec<String> {
        let own = Value::Object(self.schema.clone());
        let mut limits: Vec<String> = size(&own).into_iter().collect();
        limits.extend(size(self.items()).map(|text| format!("each {text}")));
        if let Some(most) = own["maxItems"].as_u64() {
            limits.push(format!("at most {most} items"));
        }
        limits
    }
}

fn size(schema: &Value) -> Option<String> {
    let range = |from: &Value, to: &Value| match (from.as_f64(), to.as_f64()) {
        (Some(from), Some(to)) => Some(format!("{from} to {to}")),
        (None, Some(to)) => Some(format!("at most {to}")),
        (Some(from), None) => Some(format!("at least {from}")),
        (None, None) => None,
    };
    let words: Vec<&str> = strings(&schema["enum"]).collect();
    if !words.is_empty() {
        return Some(format!("`{}`", words.join("`, `")));
    }
    let characters = range(&schema["minLength"], &schema["maxLength"]);
    characters
        .map(|range| format!("{range} characters"))
        .or_else(|| range(&schema["minimum"], &schema["maximum"]))
}
