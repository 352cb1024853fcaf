//! RegisterTaskDefinition, DescribeTaskDefinition, DeregisterTaskDefinition and ListTaskDefinitions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Model, Tag,
    arn::{Caller, is_name},
    batch::page,
    error::ApiError,
    register,
    request::read,
    task_definition::{Registration, TaskDefinition},
    time::VirtualTime,
    validate,
};

/// The task definitions of all accounts and Regions, by the ARN of their family (without revision).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct TaskDefinitions {
    families: BTreeMap<String, Vec<TaskDefinition>>,
}

/// A task definition as a request names it: `family`, `family:revision`, or the ARN of either.
struct Name {
    /// The ARN without revision.
    family: String,
    revision: Option<u32>,
}

impl Name {
    fn parse(text: &str, caller: &Caller) -> Option<Self> {
        let home = caller.arn("ecs", "task-definition/");
        let short = match text.strip_prefix(&home) {
            Some(rest) => rest,
            None if text.starts_with("arn:") => return None,
            None => text,
        };
        let (family, revision) = match short.split_once(':') {
            Some((family, revision)) => (family, Some(revision.parse().ok()?)),
            None => (short, None),
        };
        is_name(family).then(|| Self {
            family: format!("{home}{family}"),
            revision,
        })
    }
}

impl TaskDefinitions {
    /// The number that the next revision of a family will have.
    pub(crate) fn next_revision(&self, family_arn: &str) -> u32 {
        let count = self.families.get(family_arn).map_or(0, Vec::len);
        u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
    }

    pub(crate) fn register(
        &mut self,
        caller: &Caller,
        family: &str,
        members: Value,
        tags: Vec<Tag>,
        now: VirtualTime,
    ) -> &TaskDefinition {
        let family_arn = caller.arn("ecs", &format!("task-definition/{family}"));
        let revision = self.next_revision(&family_arn);
        let revisions = self.families.entry(family_arn.clone()).or_default();
        revisions.push(TaskDefinition {
            arn: format!("{family_arn}:{revision}"),
            family: family.to_owned(),
            revision,
            registration: Registration::Active,
            registered_at: now,
            registered_by: caller.user_arn(),
            tags,
            members,
        });
        &revisions[revisions.len() - 1]
    }

    /// The revision that a request names, or the newest active one of the family that it names.
    pub(crate) fn find(&self, text: &str, caller: &Caller) -> Option<&TaskDefinition> {
        let Name { family, revision } = Name::parse(text, caller)?;
        let revisions = self.families.get(&family)?;
        match revision {
            Some(revision) => revisions.iter().find(|known| known.revision == revision),
            None => revisions
                .iter()
                .rfind(|known| known.registration == Registration::Active),
        }
    }

    fn find_mut(&mut self, text: &str, caller: &Caller) -> Option<&mut TaskDefinition> {
        let Name { family, revision } = Name::parse(text, caller)?;
        let revisions = self.families.get_mut(&family)?;
        revisions
            .iter_mut()
            .find(|known| Some(known.revision) == revision)
    }
}

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
    pub(super) fn register_task_definition(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let RegisterRequest { family, tags } = read(body)?;
        if family.is_empty() {
            return Err(client("Family should not be null or empty."));
        }
        if !is_name(&family) {
            return Err(client(
                "Family contains invalid characters: up to 255 letters, numbers, hyphens, and underscores are allowed.",
            ));
        }
        validate::tags(&tags)?;
        let members = register::members(body)?;
        let now = self.now;
        let registered = self
            .task_definitions
            .register(caller, &family, members, tags, now);
        Ok(json!({ "taskDefinition": registered.to_wire(), "tags": registered.tags }))
    }

    pub(super) fn describe_task_definition(
        &self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: DescribeRequest = read(body)?;
        for include in &request.include {
            validate::one_of("include", include, &["TAGS"])?;
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

    pub(super) fn deregister_task_definition(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: DescribeRequest = read(body)?;
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

    pub(super) fn list_task_definitions(
        &self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ListRequest = read(body)?;
        let status = request.status.as_deref().unwrap_or("ACTIVE");
        let sort = request.sort.as_deref().unwrap_or("ASC");
        validate::one_of(
            "status",
            status,
            &["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"],
        )?;
        validate::one_of("sort", sort, &["ASC", "DESC"])?;
        let home = caller.arn("ecs", "task-definition/");
        let mut arns: Vec<Value> = self
            .task_definitions
            .families
            .iter()
            .filter(|(family_arn, _)| family_arn.starts_with(&home))
            .flat_map(|(_, revisions)| revisions)
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
        page(
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
