//! Facts about the observed service that several messages use.

use crate::core::{
    decide::input::Input,
    desired::owner_tags,
    observed::service::{Observed, Revision, Service, StatusCode},
};

pub(crate) fn present_service<'a>(input: &Input<'a>) -> Option<&'a Service> {
    match input.observed {
        Observed::Present(service) => Some(service),
        Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => None,
    }
}

pub(crate) fn is_draining(input: &Input<'_>) -> bool {
    present_service(input).is_some_and(|service| service.code == StatusCode::Draining)
}

/// Whether the observed service is the one in the operator state, rather than another of the same name.
pub(crate) fn is_the_recorded_one(input: &Input<'_>, service: &Service) -> bool {
    input
        .state
        .and_then(|state| state.service.as_ref())
        .is_some_and(|known| known.created_at.as_ref().map(|at| at.0) == service.created_at)
}

/// The infrastructure role, which ECS needs until the service is gone.
pub(crate) fn infrastructure_role<'a>(input: &Input<'a>) -> &'a str {
    present_service(input)
        .and_then(|service| service.infrastructure_role_arn.as_deref())
        .unwrap_or(&input.desired.infrastructure_role_arn)
}

/// The other object of this cluster that the owner tags name, as `<namespace>/<name>`.
pub(crate) fn related_object(input: &Input<'_>) -> Option<String> {
    let tags = &present_service(input)?.tags;
    let here = tags.get(owner_tags::CLUSTER_ID)? == &input.desired.cluster_id;
    let (namespace, name) = (
        tags.get(owner_tags::NAMESPACE)?,
        tags.get(owner_tags::NAME)?,
    );
    let another =
        (namespace, name) != (&input.desired.object.namespace, &input.desired.object.name);
    (here && another).then(|| format!("{namespace}/{name}"))
}

/// A revision as people know it: its image, and the last part of its ARN.
pub(crate) fn revision_name(revision: &Revision) -> String {
    let container = revision.configuration.container.as_ref();
    let id = revision_id(&revision.arn);
    match container {
        Some(container) => format!("{} (revision {id})", container.image),
        None => format!("revision {id}"),
    }
}

/// The last part of a revision's ARN, which identifies the revision within its service.
pub(crate) fn revision_id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
