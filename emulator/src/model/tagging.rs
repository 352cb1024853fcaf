//! TagResource, UntagResource and ListTagsForResource, on services only.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Model, Tag,
    arn::{Caller, ServiceArn},
    error::ApiError,
    request::read,
    service::{Service, State},
    validate,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaggingRequest {
    #[serde(default)]
    resource_arn: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

impl Model {
    pub(super) fn tag_resource(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: TaggingRequest = read(body)?;
        validate::tags(&request.tags)?;
        let service = self.tagged(caller, &request.resource_arn)?;
        tag(service, request.tags)?;
        Ok(json!({}))
    }

    /// As an AWS service does it, which may use the reserved prefix.
    pub(super) fn tag_as_aws(
        &mut self,
        caller: &Caller,
        arn: &ServiceArn,
        tags: Vec<Tag>,
    ) -> Result<(), ApiError> {
        validate::tags_of_anyone(&tags)?;
        tag(self.tagged(caller, &arn.to_string())?, tags)
    }

    pub(super) fn untag_resource(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: TaggingRequest = read(body)?;
        let service = self.tagged(caller, &request.resource_arn)?;
        require_not_inactive(service)?;
        service
            .tags
            .retain(|tag| !request.tag_keys.contains(&tag.key));
        Ok(json!({}))
    }

    pub(super) fn list_tags(&mut self, caller: &Caller, body: &Value) -> Result<Value, ApiError> {
        let request: TaggingRequest = read(body)?;
        let service = self.tagged(caller, &request.resource_arn)?;
        Ok(json!({ "tags": service.tags_to_wire() }))
    }

    fn tagged(&mut self, caller: &Caller, arn: &str) -> Result<&mut Service, ApiError> {
        if arn.is_empty() {
            return Err(ApiError::invalid_parameter("ResourceArn can not be blank."));
        }
        let arn = ServiceArn::parse(arn, caller)?;
        self.require_cluster(caller, &arn.cluster)?;
        let now = self.now;
        self.services
            .get_mut(&arn)
            .filter(|service| service.visible_at <= now)
            .ok_or_else(|| {
                ApiError::new(
                    "ResourceNotFoundException",
                    "The specified resource is not found.",
                )
            })
    }
}

fn tag(service: &mut Service, tags: Vec<Tag>) -> Result<(), ApiError> {
    require_not_inactive(service)?;
    let mut tagged = service.clone();
    tagged.tag(tags);
    // Tags of AWS itself don't count.
    let own = tagged
        .tags
        .iter()
        .filter(|tag| !tag.key.starts_with("aws:"));
    if own.count() > 50 {
        return Err(ApiError::new(
            "LimitExceededException",
            "The maximum number of tags per resource is 50.",
        ));
    }
    service.tags = tagged.tags;
    Ok(())
}

fn require_not_inactive(service: &Service) -> Result<(), ApiError> {
    match service.state {
        State::Active | State::Draining { .. } => Ok(()),
        State::Inactive { .. } => Err(ApiError::invalid_parameter(
            "The specified service is inactive. Specify a running service and try again.",
        )),
    }
}
