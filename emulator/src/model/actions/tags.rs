//! TagResource, UntagResource and ListTagsForResource, for services only.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    api::{
        arn::{Caller, ServiceArn},
        error::ApiError,
        request::parse_body,
        tag::{Tag, check_tags, check_tags_of_aws},
    },
    services::service::{Service, State},
    state::model::Model,
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
    pub(in crate::model) fn tag_resource(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: TaggingRequest = parse_body(body)?;
        check_tags(&request.tags)?;
        let service = self.tagged(caller, &request.resource_arn)?;
        tag(service, request.tags)?;
        Ok(json!({}))
    }

    /// Tags a service as an AWS service does, which may use the prefix `aws:`.
    pub(in crate::model) fn tag_as_aws(
        &mut self,
        caller: &Caller,
        arn: &ServiceArn,
        tags: Vec<Tag>,
    ) -> Result<(), ApiError> {
        check_tags_of_aws(&tags)?;
        tag(self.tagged(caller, &arn.to_string())?, tags)
    }

    pub(in crate::model) fn untag_resource(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: TaggingRequest = parse_body(body)?;
        let service = self.tagged(caller, &request.resource_arn)?;
        require_not_inactive(service)?;
        service
            .tags
            .retain(|tag| !request.tag_keys.contains(&tag.key));
        Ok(json!({}))
    }

    pub(in crate::model) fn list_tags(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: TaggingRequest = parse_body(body)?;
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
    // Tags that AWS has set do not count.
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
