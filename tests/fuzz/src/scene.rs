//! What the targets have in common: the operator, an object, and its service.

use ecs_express_operator::{
    api::{ExpressService, FINALIZER, annotations},
    core::desired::identity::{Caller, OperatorIdentity},
};
use serde_json::json;

/// A secret value of the seeds, which must not appear in any text.
pub const CANARY: &str = "s3cr3t-of-the-environment";
/// ARN of the service of the seeds.
pub const ARN: &str = "arn:aws:ecs:eu-west-1:123456789012:service/default/team-a_shop";
/// ARN of its revision.
pub const REVISION: &str =
    "arn:aws:ecs:eu-west-1:123456789012:service-revision/default/team-a_shop/1";

/// The operator's identity.
pub fn operator() -> OperatorIdentity {
    OperatorIdentity {
        caller: Caller {
            partition: "aws".into(),
            account: "123456789012".into(),
        },
        region: "eu-west-1".into(),
        cluster_id: "cluster-1".into(),
    }
}

/// An object whose environment and command hold the canary.
pub fn object() -> ExpressService {
    serde_json::from_value(json!({
        "apiVersion": "ecs-express.dev/v1alpha1",
        "kind": "ExpressService",
        "metadata": {
            "namespace": "team-a", "name": "shop", "uid": "u-1", "generation": 1,
            "finalizers": [FINALIZER],
            "annotations": {
                (annotations::SERVICE_ARN): ARN,
                (annotations::CLUSTER_ID): "cluster-1",
            },
        },
        "spec": {
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
            "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
            "primaryContainer": {
                "image": "shop:1",
                "command": ["serve", CANARY],
                "environment": [{"name": "TOKEN", "value": CANARY}],
            },
            "tags": [{"key": "team", "value": "a"}],
        },
    }))
    .unwrap()
}
