//! The object, parsed once: what is wanted, where it belongs, and how far its life has come.

use crate::{
    api::{container::PrimaryContainer, spec::ExpressServiceSpec},
    core::desired::{
        identity::{Arn, ServiceArn},
        size_limit::{TASK_DEFINITION, too_large_for_ecs},
    },
};

/// The spec cannot be right; known without a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Path of the field.
    pub field: &'static str,
    /// What is wrong and what is right.
    pub message: String,
}

/// What cannot be right whatever ECS says.
pub(crate) fn invalid(spec: &ExpressServiceSpec, here: &ServiceArn) -> Option<Invalid> {
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
