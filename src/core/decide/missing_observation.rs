//! What ECS has to show before an update can be sent.

use crate::core::{
    decide::{
        assessment::Assessment, input::Input, reason::Reason, security_groups::managed_groups,
    },
    diff::complete::unknown_in_force,
    observed::service::Service,
};

impl Assessment {
    /// Returns why neither an update can be sent nor the service be called in sync before ECS shows more.
    ///
    /// An edit of a field that ECS does show is sent nevertheless if the update needs none of the missing values. What holds
    /// an update back is reported first.
    pub(crate) fn missing_observation(
        &self,
        input: &Input<'_>,
        service: &Service,
    ) -> Option<Reason> {
        let newest = service.newest()?;
        if self.is_in_progress(input, service) && !self.edited {
            return None;
        }
        let unknown = || {
            unknown_in_force(
                &input.desired.configuration,
                &newest.configuration,
                managed_groups(input, service).as_ref(),
                &self.diff.cleared(),
            )
        };
        let nothing_to_send = self.diff.is_empty() && !self.mode_switched && !self.restart;
        let differs = !self.diff.differences.is_empty();
        let held = self.rolled_back || self.not_converging || self.report_only;
        let missing = match self.diff.not_comparable.first() {
            Some(_) if differs && (self.edited || held) => unknown(),
            Some(first) => Some(*first),
            None if nothing_to_send => None,
            None => unknown(),
        };
        Some(Reason::Unreadable(missing?.failure(service)))
    }
}
