//! The limit on the size of an answer. The SDK reads an answer into memory as a whole, however large it is.

use aws_sdk_ecs::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::BeforeDeserializationInterceptorContextMut,
    },
    error::BoxError,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// Largest answer in bytes: many times a service with the largest container that ECS accepts in each of its revisions.
const LARGEST: usize = 4 << 20;
/// What the failure says about an answer that is larger than [`LARGEST`].
pub(super) const TOO_LARGE: &str = "the answer is larger than 4 MiB";

/// Makes the SDK fail to read an answer that is larger than [`LARGEST`].
#[derive(Debug)]
pub(super) struct AnswerLimit;

impl Intercept for AnswerLimit {
    fn name(&self) -> &'static str {
        "AnswerLimit"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let unlimited = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(unlimited, LARGEST));
        Ok(())
    }
}
