//! What the targets have in common: the operator, an object, and its service.

use ecs_express_operator::api::ExpressService;
use serde_json::json;
use test_support::fixtures;
pub use test_support::fixtures::{REVISION, SERVICE_ARN, operator};

/// A secret value of the seeds, which must not appear in any text.
pub const CANARY: &str = "s3cr3t-of-the-environment";

/// An object whose environment and command hold the canary.
pub fn object() -> ExpressService {
    fixtures::object(&json!({"spec": {
        "primaryContainer": {
            "command": ["serve", CANARY],
            "environment": [{"name": "TOKEN", "value": CANARY}],
        },
        "tags": [{"key": "team", "value": "a"}],
    }}))
}
