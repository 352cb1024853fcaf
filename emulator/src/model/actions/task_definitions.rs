//! RegisterTaskDefinition, DescribeTaskDefinition, DeregisterTaskDefinition and ListTaskDefinitions.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    api::{
        answer::paginate,
        arn::{Caller, is_name},
        error::ApiError,
        request::parse_body,
        tag::{Tag, check_tags},
        validation::check_one_of,
    },
    state::model::Model,
    task_definitions::{registration::registered_members, task_definition::Registration},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeRequest {
    task_definition: Option<String>,
    #[serde(default)]
    include: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegisterRequest {
    #[serde(default)]
    family: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListRequest {
    family_prefix: Option<String>,
    status: Option<String>,
    sort: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

fn client(message: &str) -> ApiError {
    ApiError::new("ClientException", message)
}

impl Model {
    pub(in crate::model) fn register_task_definition(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let RegisterRequest { family, tags } = parse_body(body)?;
        if family.is_empty() {
            return Err(client("Family should not be null or empty."));
        }
        if !is_name(&family) {
            return Err(client(
                "Family contains invalid characters: up to 255 letters, numbers, hyphens, and underscores are allowed.",
            ));
        }
        check_tags(&tags)?;
        let members = registered_members(body)?;
        let now = self.now;
        let registered = self
            .task_definitions
            .register(caller, &family, members, tags, now);
        Ok(json!({ "taskDefinition": registered.to_wire(), "tags": registered.tags }))
    }

    pub(in crate::model) fn describe_task_definition(
        &self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: DescribeRequest = parse_body(body)?;
        for include in &request.include {
            check_one_of("include", include, &["TAGS"])?;
        }
        let named = required(request.task_definition.as_deref())?;
        let found = self
            .task_definitions
            .find(named, caller)
            .ok_or_else(ApiError::task_definition_not_found)?;
        let mut wire = json!({ "taskDefinition": found.to_wire() });
        if !request.include.is_empty() {
            wire["tags"] = json!(found.tags);
        }
        Ok(wire)
    }

    pub(in crate::model) fn deregister_task_definition(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: DescribeRequest = parse_body(body)?;
        let named = required(request.task_definition.as_deref())?;
        let now = self.now;
        let found = self
            .task_definitions
            .find_mut(named, caller)
            .ok_or_else(|| {
                client(
                    "The specified task definition does not exist. Specify a valid account, \
                     family, revision and try again.",
                )
            })?;
        if found.registration == Registration::Active {
            found.registration = Registration::Inactive { since: now };
        }
        Ok(json!({ "taskDefinition": found.to_wire() }))
    }

    pub(in crate::model) fn list_task_definitions(
        &self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ListRequest = parse_body(body)?;
        let status = request.status.as_deref().unwrap_or("ACTIVE");
        let sort = request.sort.as_deref().unwrap_or("ASC");
        check_one_of(
            "status",
            status,
            &["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"],
        )?;
        check_one_of("sort", sort, &["ASC", "DESC"])?;
        let mut arns: Vec<Value> = self
            .task_definitions
            .of_caller(caller)
            .filter(|known| known.registration.as_str() == status)
            .filter(|known| {
                let prefix = request.family_prefix.as_deref();
                prefix.is_none_or(|prefix| prefix == known.family)
            })
            .map(|known| json!(known.arn))
            .collect();
        if sort == "DESC" {
            arns.reverse();
        }
        paginate(
            "taskDefinitionArns",
            arns,
            request.max_results.unwrap_or(100),
            request.next_token.as_deref(),
        )
    }
}

fn required(named: Option<&str>) -> Result<&str, ApiError> {
    named
        .filter(|named| !named.is_empty())
        .ok_or_else(|| client("Task Definition can not be blank."))
}
