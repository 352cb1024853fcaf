//! Manifests of ExpressServices.

use serde_json::{Value, json};

use crate::merge_patch::merge;

/// The infrastructure role of every manifest.
pub const INFRASTRUCTURE_ROLE: &str = "arn:aws:iam::123456789012:role/infra";
/// The execution role of every manifest.
pub const EXECUTION_ROLE: &str = "arn:aws:iam::123456789012:role/exec";

/// The smallest spec that ECS accepts, with this merge patch applied.
pub fn spec(patch: &Value) -> Value {
    let mut spec = json!({
        "infrastructureRoleArn": INFRASTRUCTURE_ROLE,
        "executionRoleArn": EXECUTION_ROLE,
        "primaryContainer": {"image": "shop:1"},
    });
    merge(&mut spec, patch);
    spec
}

/// A manifest with this spec and without a namespace, as users write it.
pub fn manifest(name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "ecs-express.dev/v1alpha1",
        "kind": "ExpressService",
        "metadata": {"name": name},
        "spec": spec,
    })
}

/// The manifest, in a namespace.
pub fn namespaced(namespace: &str, mut manifest: Value) -> Value {
    manifest["metadata"]["namespace"] = json!(namespace);
    manifest
}
