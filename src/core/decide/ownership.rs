//! Who owns a service: this object, another one, or nobody.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::operator_state::KnownService,
    core::{decide::input::Input, desired::owner_tags::OwnerTags, observed::service::Service},
};

/// The owner of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This object, according to the owner tags.
    Ours,
    /// This object, according to the operator state; the owner tags are missing.
    TagsLost,
    /// Another object, described as messages name it.
    Other(String),
    /// Nobody, or an object that released the service.
    Unowned,
}

/// Returns the owner of a service, from its tags and from what the operator state records of its creation.
pub(crate) fn owner(input: &Input<'_>, service: &Service) -> Owner {
    let desired = input.desired;
    let known = input
        .state
        .and_then(|state| state.service.as_ref())
        .is_some_and(|known| is_known(known, service));
    match OwnerTags::read(&service.tags, &desired.object, &desired.cluster_id) {
        // Whoever set its tags, an ordinary service was not created by this operator.
        OwnerTags::Ours | OwnerTags::None | OwnerTags::Partial(_) if service.is_ordinary() => {
            Owner::Unowned
        }
        OwnerTags::Ours => Owner::Ours,
        OwnerTags::None | OwnerTags::Partial(_) if known => Owner::TagsLost,
        OwnerTags::Other(owner) | OwnerTags::Partial(owner) => Owner::Other(owner),
        OwnerTags::Released | OwnerTags::None => Owner::Unowned,
    }
}

/// Whether this is the very service that the object created or adopted: same ARN, and same creation time to the second.
fn is_known(known: &KnownService, service: &Service) -> bool {
    let second = |time: &Time| time.0.as_second();
    known.arn == service.arn.to_string()
        && known.created_at.as_ref().map(second).is_some()
        && known.created_at.as_ref().map(second)
            == service.created_at.map(jiff::Timestamp::as_second)
}
