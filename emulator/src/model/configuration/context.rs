//! Everything but the request on which the configuration of a service depends.

use crate::model::{
    configuration::{
        defaults::DefaultValues,
        service_configuration::{Configuration, TaskSettings},
    },
    settings::{
        Settings,
        options::{EmptyLists, OmittedBlocks, OmittedMembers},
    },
};

/// What ECS and the settings contribute to the configuration of one service.
pub(crate) struct ResolutionContext<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) account: &'a str,
    pub(crate) partition: &'a str,
    pub(crate) managed_security_group: &'a str,
    pub(crate) managed_log_group: &'a str,
    /// The ARN, without revision, of the family in which ECS registers task definitions.
    pub(crate) managed_family: &'a str,
    /// The settings of the task definition that the request names, if it is registered.
    pub(crate) registered: Option<TaskSettings>,
    /// The ARN of the task definition that ECS registers if the request names none.
    pub(crate) managed_task_definition: &'a str,
}

impl ResolutionContext<'_> {
    pub(in crate::model) fn default(&self) -> DefaultValues {
        DefaultValues::from(self.settings.defaults)
    }

    /// The source of absent top-level members: the previous configuration, or none.
    pub(in crate::model) fn kept_block<'a>(
        &self,
        before: Option<&'a Configuration>,
    ) -> Option<&'a Configuration> {
        match self.settings.omitted_blocks {
            OmittedBlocks::Keep => before,
            OmittedBlocks::Reset => None,
        }
    }

    /// The source of absent members of a block: the previous block if ECS merges, else none. `own` is the
    /// setting for this block, which the one for all blocks replaces if it is absent.
    pub(in crate::model) fn kept<'a, T>(
        &self,
        own: Option<OmittedMembers>,
        before: Option<&'a T>,
    ) -> Option<&'a T> {
        match own.unwrap_or(self.settings.omitted_members) {
            OmittedMembers::Merge => before,
            OmittedMembers::Replace => None,
        }
    }

    /// Resolves a list: `sent` is the list in the request, `kept` the one that replaces an absent list,
    /// and `last` the previous one, which may also replace an empty list.
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
