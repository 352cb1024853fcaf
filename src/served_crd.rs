//! Whether the CustomResourceDefinition in the cluster has the fields of this program. What it does not have, the API server
//! drops without a word: the intents that fence each call to ECS among them.

use std::time::Duration;

use hyper::Request;
use kube::Client;
use serde_json::Value;

use crate::{api::crd, cli::Failed};

/// What the API server serves of the group, to whoever has a token (`system:discovery`).
const PATH: &str = "/openapi/v3/apis/ecs-express.dev/v1alpha1";
/// What has to be there.
const OPERATOR_STATE: &str = "status.operatorState";
/// A schema that was just updated is served after a moment.
const ATTEMPTS: u32 = 10;
/// Pause between two attempts.
const PAUSE: Duration = Duration::from_secs(1);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// Ends the start where the memory could not be stored, and warns of other fields that the API server would drop.
pub async fn check(client: &Client) -> Result<(), Failed> {
    let mut missing = Vec::new();
    for attempt in 1..=ATTEMPTS {
        let Some(served) = served(client).await else {
            tracing::debug!(
                "the API server does not show the schema of expressservices; it is taken to be current"
            );
            return Ok(());
        };
        missing = fields_missing(&served);
        if missing.is_empty() {
            return Ok(());
        }
        if attempt < ATTEMPTS {
            tokio::time::sleep(PAUSE).await;
        }
    }
    let of_operator_state =
        |field: &String| field == OPERATOR_STATE || field.starts_with("status.operatorState.");
    let (memory, others): (Vec<_>, Vec<_>) = missing.into_iter().partition(of_operator_state);
    if !others.is_empty() {
        let fields = others.join(", ");
        tracing::warn!(
            fields,
            "the CustomResourceDefinition is older than this program: the API server drops these fields; update it: ecs-express-operator crd | kubectl apply --server-side --force-conflicts -f -"
        );
    }
    match memory.is_empty() {
        true => Ok(()),
        false => Err(Failed::CrdTooOld(memory.join(", "))),
    }
}

/// The schema of the resource, as the API server serves it.
async fn served(client: &Client) -> Option<Value> {
    let request = Request::get(PATH).body(Vec::new()).ok()?;
    let answer = tokio::time::timeout(ANSWER, client.request::<Value>(request));
    let mut document = answer.await.ok()?.ok()?;
    let schemas = document
        .pointer_mut("/components/schemas")?
        .as_object_mut()?;
    let ours = |schema: &Value| {
        let kinds = schema["x-kubernetes-group-version-kind"].as_array();
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"] == "ExpressService"))
    };
    schemas
        .values_mut()
        .find(|schema| ours(schema))
        .map(Value::take)
}

/// The fields of spec and status that this program has and the served schema has not, each without those below it.
fn fields_missing(served: &Value) -> Vec<String> {
    let own = serde_json::to_value(crd()).unwrap_or_default();
    let own = &own["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    let mut missing = Vec::new();
    for root in ["spec", "status"] {
        let (own, served) = (&own["properties"][root], &served["properties"][root]);
        compare(own, served, root, &mut missing);
    }
    missing
}

fn compare(own: &Value, served: &Value, path: &str, missing: &mut Vec<String>) {
    if served["x-kubernetes-preserve-unknown-fields"] == true {
        return;
    }
    for (name, own) in own["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        match served["properties"].get(name) {
            Some(served) => compare(own, served, &path, missing),
            None => missing.push(path),
        }
    }
    if own["items"].is_object() {
        compare(
            &own["items"],
            &served["items"],
            &format!("{path}[]"),
            missing,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::fields_missing;
    use crate::api::crd;
    use serde_json::{Value, json};

    fn schema() -> Value {
        let crd = serde_json::to_value(crd()).unwrap();
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()
    }

    fn without(pointer: &str, field: &str) -> Value {
        let mut schema = schema();
        let fields = schema.pointer_mut(pointer).unwrap().as_object_mut();
        fields.unwrap().remove(field).unwrap();
        schema
    }

    #[test]
    fn what_an_older_schema_lacks_is_named_without_what_is_below_it() {
        assert_eq!(fields_missing(&schema()), [""; 0]);
        let status = "/properties/status/properties";
        assert_eq!(
            fields_missing(&without(status, "operatorState")),
            ["status.operatorState"]
        );
        let in_list = without(
            "/properties/status/properties/drift/items/properties",
            "since",
        );
        assert_eq!(fields_missing(&in_list), ["status.drift[].since"]);
        let spec = without("/properties/spec/properties", "suspend");
        assert_eq!(fields_missing(&spec), ["spec.suspend"]);
    }

    #[test]
    fn a_memory_that_keeps_what_it_does_not_know_lacks_nothing_and_another_does() {
        let memory = "/properties/status/properties/operatorState";
        let older = without(&format!("{memory}/properties"), "breaker");
        assert_eq!(fields_missing(&older), [""; 0]);
        let mut pruning = older;
        let members = pruning
            .pointer_mut(memory)
            .unwrap()
            .as_object_mut()
            .unwrap();
        members.remove("x-kubernetes-preserve-unknown-fields");
        assert_eq!(fields_missing(&pruning), ["status.operatorState.breaker"]);
        let newer = {
            let mut schema = schema();
            schema["properties"]["spec"]["properties"]["newer"] = json!({"type": "string"});
            schema
        };
        assert_eq!(fields_missing(&newer), [""; 0]);
    }
}
