//! Checks at start that the CustomResourceDefinition in the cluster has the fields of this program. The API server
//! silently drops fields that it lacks, among them the intents that fence each call to ECS.

use std::time::Duration;

use hyper::Request;
use kube::Client;
use serde_json::Value;

use crate::{api::crd, cli::ExitError};

/// Where the API server serves the schema of the group to every authenticated client (`system:discovery`).
const PATH: &str = "/openapi/v3/apis/ecs-express.dev/v1alpha1";
/// The field without which the operator cannot work.
const OPERATOR_STATE: &str = "status.operatorState";
/// Attempts to read the schema: the API server serves an updated one after a moment.
const ATTEMPTS: u32 = 10;
/// Pause between two attempts.
const PAUSE: Duration = Duration::from_secs(1);
/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Checks the served schema, and logs a warning about other fields that the API server would drop.
///
/// # Errors
///
/// If the operator state could not be stored.
pub async fn check(client: &Client) -> Result<(), ExitError> {
    let mut missing = Vec::new();
    for attempt in 1..=ATTEMPTS {
        let Some(served) = served(client).await else {
            tracing::debug!(
                "could not read the schema of expressservices from the API server; assuming that it is current"
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
    let is_operator_state = |field: &String| {
        let rest = field.strip_prefix(OPERATOR_STATE);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let (required, others): (Vec<_>, Vec<_>) = missing.into_iter().partition(is_operator_state);
    if !others.is_empty() {
        let fields = others.join(", ");
        tracing::warn!(
            fields,
            "the CustomResourceDefinition is older than this program, so the API server drops these fields; update it with: ecs-express-operator crd | kubectl apply --server-side --force-conflicts -f -"
        );
    }
    if required.is_empty() {
        Ok(())
    } else {
        Err(ExitError::CrdTooOld(required.join(", ")))
    }
}

/// Reads the schema of the resource from the API server.
async fn served(client: &Client) -> Option<Value> {
    let request = Request::get(PATH).body(Vec::new()).ok()?;
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, client.request::<Value>(request));
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

/// The fields of spec and status that this program has and the served schema lacks, each without those nested in it.
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
    fn fields_that_an_older_schema_lacks_are_named_without_those_nested_in_them() {
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
    fn an_operator_state_that_preserves_unknown_fields_lacks_nothing_and_one_that_prunes_does() {
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
