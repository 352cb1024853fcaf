//! Who owns a service: this object, another one, or nobody.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::operator_state::KnownService,
    core::{decide::input::Input, desired::owner_tags::OwnerTags, observed::service::Service},
};

/// Whose a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This object's, by its tags.
    Ours,
    /// This object's, by the memory of its making: the tags are lost.
    TagsLost,
    /// Somebody else's.
    Other(String),
    /// Nobody's.
    Unowned,
}

/// Whose a service is, by its tags and by the memory of its making.
pub(crate) fn owner(input: &Input<'_>, service: &Service) -> Owner {
    let desired = input.desired;
    let known = input
        .state
        .and_then(|state| state.service.as_ref())
        .is_some_and(|known| is_known(known, service));
    match OwnerTags::read(&service.tags, &desired.object, &desired.cluster_id) {
        OwnerTags::Ours => Owner::Ours,
        OwnerTags::None | OwnerTags::Partial(_) if known => Owner::TagsLost,
        OwnerTags::Other(whose) | OwnerTags::Partial(whose) => Owner::Other(whose),
        OwnerTags::Released | OwnerTags::None => Owner::Unowned,
    }
}

/// The very service that this object made or adopted: ARN and creation time, to the second.
fn is_known(known: &KnownService, service: &Service) -> bool {
    let second = |time: &Time| time.0.as_second();
    known.arn == service.arn.to_string()
        && known.created_at.as_ref().map(second).is_some()
        && known.created_at.as_ref().map(second) == service.created_at.map(|at| at.as_second())
}
