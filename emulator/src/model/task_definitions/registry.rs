//! The registered task definitions, by family.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{
    api::{
        arn::{Caller, is_name},
        tag::Tag,
    },
    clock::VirtualTime,
    task_definitions::task_definition::{Registration, TaskDefinition},
};

/// The task definitions of all accounts and Regions, by the ARN of their family without revision.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct TaskDefinitions {
    families: BTreeMap<String, Vec<TaskDefinition>>,
}

/// The name of a task definition in a request: `family`, `family:revision`, or the ARN of either.
struct Name {
    /// The ARN of the family.
    family: String,
    revision: Option<u32>,
}

impl Name {
    fn parse(text: &str, caller: &Caller) -> Option<Self> {
        let prefix = caller.arn("ecs", "task-definition/");
        let short = match text.strip_prefix(&prefix) {
            Some(rest) => rest,
            None if text.starts_with("arn:") => return None,
            None => text,
        };
        let (family, revision) = match short.split_once(':') {
            Some((family, revision)) => (family, Some(revision.parse().ok()?)),
            None => (short, None),
        };
        is_name(family).then(|| Self {
            family: format!("{prefix}{family}"),
            revision,
        })
    }
}

impl TaskDefinitions {
    /// Returns the number of the next revision of a family.
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

    /// Returns the task definitions in the account and Region of the caller, by family and revision.
    pub(crate) fn of_caller(&self, caller: &Caller) -> impl Iterator<Item = &TaskDefinition> {
        let prefix = caller.arn("ecs", "task-definition/");
        self.families
            .iter()
            .filter(move |(family_arn, _)| family_arn.starts_with(&prefix))
            .flat_map(|(_, revisions)| revisions)
    }

    /// Finds the revision that a request names, or the newest active revision if it names only a family.
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

    pub(crate) fn find_mut(&mut self, text: &str, caller: &Caller) -> Option<&mut TaskDefinition> {
        let Name { family, revision } = Name::parse(text, caller)?;
        let revisions = self.families.get_mut(&family)?;
        revisions
            .iter_mut()
            .find(|known| Some(known.revision) == revision)
    }
}
