//! Errors of a spec that are found without a call to AWS.

use std::collections::BTreeSet;

use crate::{
    api::{
        container::PrimaryContainer,
        spec::{ExpressServiceSpec, Tag},
    },
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
        .or_else(|| repeated_name(spec.primary_container.as_ref()?))
        .or_else(|| repeated_tag(spec.tags.as_deref()?))
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

/// A variable that is set more than once. The schema refuses it, but an object may have been stored before the schema did, and
/// nothing says which of the values is meant.
fn repeated_name(container: &PrimaryContainer) -> Option<Invalid> {
    let environment = container.environment.iter().flatten();
    let environment = environment.map(|variable| variable.name.as_str());
    let secrets = container.secrets.iter().flatten();
    let secrets = secrets.map(|secret| secret.name.as_str());
    let in_environment = "spec.primaryContainer.environment";
    let in_secrets = "spec.primaryContainer.secrets";
    repeated(environment.clone())
        .map(|name| occurs_twice(in_environment, name))
        .or_else(|| repeated(secrets.clone()).map(|name| occurs_twice(in_secrets, name)))
        .or_else(|| {
            let both = repeated(environment.chain(secrets))?;
            let shown = shown(both);
            Some(Invalid {
                field: in_secrets,
                message: format!(
                    "{shown} is in both environment and secrets; use each name only once"
                ),
            })
        })
}

/// As [`repeated_name`], for the key of a tag.
fn repeated_tag(tags: &[Tag]) -> Option<Invalid> {
    let key = repeated(tags.iter().map(|tag| tag.key.as_str()))?;
    Some(occurs_twice("spec.tags", key))
}

fn occurs_twice(field: &'static str, name: &str) -> Invalid {
    let shown = shown(name);
    Invalid {
        field,
        message: format!("{shown} occurs more than once; use each name only once"),
    }
}

/// A name as messages show it: one with `=` may contain a secret.
fn shown(name: &str) -> String {
    if name.contains('=') {
        "a name with \"=\"".to_owned()
    } else {
        format!("\"{name}\"")
    }
}

/// The first name that occurs a second time.
fn repeated<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    names.find(|name| !seen.insert(*name))
}
