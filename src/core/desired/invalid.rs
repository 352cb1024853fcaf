//! Errors of a spec that are found without a call to AWS.

use crate::{
    api::{container::PrimaryContainer, spec::ExpressServiceSpec},
    core::desired::{
        identity::{Arn, ServiceArn},
        size_limit::{TASK_DEFINITION, too_large_for_ecs},
    },
};

/// An error in the spec that only a change of the spec can resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Path of the field in the object, such as `spec.cluster`.
    pub field: &'static str,
    /// What is wrong with the value, and what to write instead.
    pub message: String,
}

/// Returns the first error of the spec that is certain whatever ECS answers. `computed_arn` is the ARN that the spec and
/// the operator's credentials lead to; ARNs in the spec must lie in its partition, account and Region.
pub(crate) fn invalid(spec: &ExpressServiceSpec, computed_arn: &ServiceArn) -> Option<Invalid> {
    let outside = |field: &'static str, text: &Option<String>, right: &str| {
        let text = text.as_deref()?;
        let arn = Arn::parse(text)?;
        let same = arn.partition == computed_arn.partition
            && arn.region == computed_arn.region
            && arn.account == computed_arn.account;
        (!same).then(|| Invalid {
            field,
            message: format!(
                "\"{text}\" is not in partition {}, account {}, Region {}, which the operator uses for this object; use {right} from there",
                computed_arn.partition, computed_arn.account, computed_arn.region
            ),
        })
    };
    let task_definition = &spec.task_definition_arn;
    outside("spec.cluster", &spec.cluster, "a name or an ARN")
        .or_else(|| outside("spec.taskDefinitionArn", task_definition, "an ARN"))
        .or_else(|| too_large(spec.primary_container.as_ref()?))
}

fn too_large(container: &PrimaryContainer) -> Option<Invalid> {
    let size = too_large_for_ecs(container)?;
    Some(Invalid {
        field: "spec.primaryContainer",
        message: format!(
            "image, command, environment and secrets are {size} bytes together, but ECS accepts a task definition of at most {TASK_DEFINITION} bytes; shorten them, or store long values in Secrets Manager or Parameter Store and refer to them in secrets"
        ),
    })
}
