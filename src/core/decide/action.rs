//! What a reconcile does: at most one call that changes something in ECS.

use crate::core::{
    decide::requests::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
    operator_state::intent::Operation,
};

/// What to do; at most one call that changes something in ECS.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Store finalizer and identity.
    AddFinalizer,
    /// CreateExpressGatewayService.
    Create(Box<CreateRequest>),
    /// UpdateExpressGatewayService.
    Update(Box<UpdateRequest>),
    /// DeleteExpressGatewayService.
    Delete,
    /// TagResource.
    Tag(TagRequest),
    /// UntagResource.
    Untag(UntagRequest),
    /// TagResource that takes a free service over.
    Adopt(TagRequest),
    /// Mark the service released, as well as may be, then release the finalizer.
    Retain(TagRequest),
    /// Read the tags once more, by ListTagsForResource.
    VerifyOwnerTags,
    /// Release the finalizer.
    ReleaseFinalizer,
}

impl Action {
    /// The operation that it sends to ECS and that needs a fence.
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
