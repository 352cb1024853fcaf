//! What the configuration of a service depends on beside the request.

use crate::model::{
    configuration::defaults::DefaultValues,
    configuration::service_configuration::{Configuration, TaskSettings},
    settings::Settings,
    settings::options::{EmptyLists, OmittedBlocks, OmittedMembers},
};

/// What ECS itself contributes to the configuration of one service.
pub(crate) struct ResolutionContext<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) account: &'a str,
    pub(crate) partition: &'a str,
    pub(crate) managed_security_group: &'a str,
    pub(crate) managed_log_group: &'a str,
    /// The ARN of the family in which ECS registers, without revision.
    pub(crate) managed_family: &'a str,
    /// The settings of the task definition that the request names, if it is registered.
    pub(crate) registered: Option<TaskSettings>,
    /// The task definition that ECS registers where none was sent.
    pub(crate) managed_task_definition: &'a str,
}

impl ResolutionContext<'_> {
    pub(in crate::model) fn default(&self) -> DefaultValues {
        DefaultValues::from(self.settings.defaults)
    }

    /// What fills the absent members at the top: what was in force, or nothing.
    pub(in crate::model) fn kept_block<'a>(
        &self,
        before: Option<&'a Configuration>,
    ) -> Option<&'a Configuration> {
        match self.settings.omitted_blocks {
            OmittedBlocks::Keep => before,
            OmittedBlocks::Reset => None,
        }
    }

    /// What fills the absent members of a block: the old block where ECS merges, else nothing.
    pub(in crate::model) fn kept<'a, T>(&self, before: Option<&'a T>) -> Option<&'a T> {
        match self.settings.omitted_members {
            OmittedMembers::Merge => before,
            OmittedMembers::Replace => None,
        }
    }

    /// The list in force after a request sent `sent` inside a block whose kept list is `kept` and whose last list was `last`.
    pub(in crate::model) fn list<T: Clone>(
        &self,
        sent: Option<Vec<T>>,
        kept: Option<&Vec<T>>,
        last: Option<&Vec<T>>,
    ) -> Option<Vec<T>> {
        match (sent, self.settings.empty_lists) {
            (Some(list), EmptyLists::Keep) if list.is_empty() => last.cloned().or(Some(list)),
            (Some(list), EmptyLists::Keep | EmptyLists::Clear) => Some(list),
            (None, EmptyLists::Keep | EmptyLists::Clear) => kept.cloned(),
        }
    }
}
