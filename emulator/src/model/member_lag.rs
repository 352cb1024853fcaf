//! Members that answers leave out while a revision is young.

use serde_json::Value;

use super::{settings::Settings, time::VirtualTime};

/// Members of an active configuration, and `serviceSecurityGroups` of `ecsManagedResources`, that can lag.
pub(super) const MEMBERS: [&str; 17] = [
    "executionRoleArn",
    "taskRoleArn",
    "taskDefinitionArn",
    "cpu",
    "memory",
    "cpuArchitecture",
    "networkConfiguration",
    "networkConfiguration.subnets",
    "networkConfiguration.securityGroups",
    "healthCheckPath",
    "primaryContainer",
    "primaryContainer.containerPort",
    "scalingTarget",
    "scalingTarget.minTaskCount",
    "scalingTarget.maxTaskCount",
    "scalingTarget.autoScalingTargetValue",
    "serviceSecurityGroups",
];

/// Takes the members out of an object about a revision that was made at `created_at`.
pub(crate) fn leave_out(
    wire: &mut Value,
    created_at: VirtualTime,
    settings: &Settings,
    now: VirtualTime,
) {
    for (member, seconds) in &settings.member_lag_seconds {
        if created_at.after_seconds(*seconds) <= now {
            continue;
        }
        let (object, name) = match member.split_once('.') {
            Some((block, name)) => (wire.get_mut(block), name),
            None => (Some(&mut *wire), member.as_str()),
        };
        if let Some(Value::Object(object)) = object {
            object.remove(name);
        }
    }
}
