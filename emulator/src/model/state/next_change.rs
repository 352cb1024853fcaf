//! The next moment at which the model changes without a call, for simulations of discrete events.

use crate::model::{
    clock::VirtualTime,
    services::service::{Service, State},
    state::model::Model,
};

impl Model {
    /// The next moment at which something changes that a call without a lag can observe, if no call and
    /// no control comes before it. It is not before [`Model::now`]; if it is now, advancing the clock by
    /// zero makes the change. `None` if nothing will change.
    ///
    /// Advancing from one such moment to the next gives the same states as one large step. The refill of
    /// token buckets and what lagging reads catch up on do not count as changes.
    #[must_use]
    pub fn next_change_at(&self) -> Option<VirtualTime> {
        let steps = self.services.next_event_at(&self.roles, &self.settings);
        let visible = self
            .services
            .values()
            .flat_map(|service| self.ends_of_lags(service))
            .chain(self.roles.usable_after(&self.settings))
            .filter(|at| *at > self.now);
        steps
            .into_iter()
            .chain(visible)
            .min()
            .map(|at| at.max(self.now))
    }

    /// The moments at which answers about a service change although the service does not.
    fn ends_of_lags<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = VirtualTime> + 'a {
        let name_is_free = match service.state {
            State::Inactive { since } => {
                Some(since.after_seconds(self.settings.draining_tail_seconds))
            }
            State::Active | State::Draining { .. } => None,
        };
        let lags = self.settings.member_lag_seconds.values();
        let members = lags.flat_map(|seconds| {
            let revisions = service.revisions.iter();
            revisions.map(|revision| revision.created_at.after_seconds(*seconds))
        });
        [service.visible_at]
            .into_iter()
            .chain(name_is_free)
            .chain(members)
    }
}
