//! What a reconcile does: at most one call that changes something in ECS.

use crate::core::{
    decide::requests::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
    operator_state::intent::Operation,
};

/// The action of a reconcile: at most one call that changes something in ECS.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Do nothing until the next reconcile.
    Nothing,
    /// Add the finalizer and record the identity, in one write.
    AddFinalizer,
    /// Call `CreateExpressGatewayService`.
    Create(Box<CreateRequest>),
    /// Call `UpdateExpressGatewayService`.
    Update(Box<UpdateRequest>),
    /// Call `DeleteExpressGatewayService`.
    Delete,
    /// Call `TagResource`.
    Tag(TagRequest),
    /// Call `UntagResource`.
    Untag(UntagRequest),
    /// Call `TagResource` to adopt an unowned service.
    Adopt(TagRequest),
    /// Mark the service as released with `TagResource`, then remove the finalizer whether or not that worked.
    Retain(TagRequest),
    /// Read the tags again with `ListTagsForResource`, before a service is left alone.
    VerifyOwnerTags,
    /// Remove the finalizer.
    ReleaseFinalizer,
}

impl Action {
    /// The operation in ECS for which an intent has to be stored first.
    pub fn operation(&self) -> Option<Operation> {
        match self {
            Self::Create(_) => Some(Operation::Create),
            Self::Update(_) => Some(Operation::Update),
            Self::Delete => Some(Operation::Delete),
            Self::Tag(_) | Self::Adopt(_) | Self::Retain(_) => Some(Operation::Tag),
            Self::Untag(_) => Some(Operation::Untag),
            Self::Nothing | Self::AddFinalizer | Self::VerifyOwnerTags | Self::ReleaseFinalizer => {
                None
            }
        }
    }
}
