//! What a spec says that cannot be right, whatever ECS says.

use crate::api::{container::PrimaryContainer, spec::ExpressServiceSpec};

use super::{
    bulk::{TASK_DEFINITION, too_large_for_ecs},
    desired::Invalid,
    identity::{Arn, ServiceArn},
};

/// What cannot be right whatever ECS says.
pub(super) fn invalid(spec: &ExpressServiceSpec, here: &ServiceArn) -> Option<Invalid> {
    let elsewhere = |field: &'static str, text: &Option<String>, right: &str| {
        let text = text.as_deref()?;
        let arn = Arn::parse(text)?;
        let same = arn.partition == here.partition
            && arn.region == here.region
            && arn.account == here.account;
        (!same).then(|| Invalid {
            field,
            message: format!(
                "\"{text}\" is not in partition {}, account {}, Region {}, where the operator works for this object; use {right} from there",
                here.partition, here.account, here.region
            ),
        })
    };
    let task_definition = &spec.task_definition_arn;
    elsewhere("spec.cluster", &spec.cluster, "a name or an ARN")
        .or_else(|| elsewhere("spec.taskDefinitionArn", task_definition, "an ARN"))
        .or_else(|| too_large(spec.primary_container.as_ref()?))
}

fn too_large(container: &PrimaryContainer) -> Option<Invalid> {
    let size = too_large_for_ecs(container)?;
    Some(Invalid {
        field: "spec.primaryContainer",
        message: format!(
            "image, command, environment and secrets are {size} bytes together, and ECS takes a task definition of at most {TASK_DEFINITION} bytes; shorten them, or keep what is long in Secrets Manager or Parameter Store and name it in secrets"
        ),
    })
}
