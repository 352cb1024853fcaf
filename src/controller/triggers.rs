//! What triggers a reconcile of an object; nothing else does.
//!
//! | trigger | where it is detected |
//! | --- | --- |
//! | the operator starts | `watch`: the first list, of which the store has no object yet |
//! | the object is created, or created again under the same name | [`fingerprint`] of the watched object (UID) |
//! | its spec changes | [`fingerprint`] (generation) |
//! | its deletion is requested | [`fingerprint`] (deletion timestamp) |
//! | its finalizers change | [`fingerprint`] |
//! | an annotation of the operator changes | [`fingerprint`], limited to [`OPERATOR_ANNOTATIONS`] |
//! | the stored object becomes malformed, or well-formed again | `watch::cache_entry`, which compares it with its predecessor |
//! | one of the above happened during an outage of the watch | `watch`, once the next list is complete |
//! | the delay after the last reconcile is over | [`Requeue::After`] |
//!
//! A change of the status, of labels, or of other annotations triggers nothing. Neither does a version of the object
//! that the last reconcile read or wrote itself ([`KnownVersions`], [`own_write_delay`]): the watch delivers each write
//! of the operator back to it. A deleted object is forgotten (`run`).

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::{
    api::annotations,
    core::{
        observed::history::Uptime,
        report::requeue::{Intervals, jittered},
    },
};

/// When to reconcile an object again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    /// After a delay, or earlier if the object changes.
    After(Duration),
    /// Only when the object changes.
    AwaitChange,
}

/// The annotations that the operator reads, and that trigger a reconcile.
pub(super) const OPERATOR_ANNOTATIONS: [&str; 5] = [
    annotations::SERVICE_ARN,
    annotations::CLUSTER_ID,
    annotations::ADOPT_CONFIRM,
    annotations::RESTART,
    annotations::RETRY,
];

/// Hash of the metadata that trigger a reconcile when they change.
pub(super) fn fingerprint(meta: &ObjectMeta) -> u64 {
    let mut hasher = DefaultHasher::new();
    meta.uid.hash(&mut hasher);
    meta.generation.hash(&mut hasher);
    meta.deletion_timestamp
        .as_ref()
        .map(|at| at.0)
        .hash(&mut hasher);
    meta.finalizers.hash(&mut hasher);
    for key in OPERATOR_ANNOTATIONS {
        meta.annotations
            .as_ref()
            .and_then(|all| all.get(key))
            .hash(&mut hasher);
    }
    hasher.finish()
}

/// The resourceVersions that one reconcile read or wrote itself.
#[derive(Clone, Debug, Default)]
pub struct KnownVersions {
    versions: Vec<String>,
    /// Somebody else changed the object during the reconcile: later versions contain changes that it has not read.
    rebased: bool,
}

impl KnownVersions {
    /// Starts with the version that the reconcile read.
    pub(super) fn starting_with(meta: &ObjectMeta) -> Self {
        Self {
            versions: meta.resource_version.iter().cloned().collect(),
            rebased: false,
        }
    }

    /// Adds the version that a write of this reconcile returned.
    pub(super) fn add_written(&mut self, meta: &ObjectMeta) {
        if !self.rebased {
            self.versions.extend(meta.resource_version.iter().cloned());
        }
    }

    /// Marks that the reconcile continues on top of somebody else's change.
    pub(super) fn mark_rebased(&mut self) {
        self.rebased = true;
    }

    /// Whether the reconcile read or wrote this version.
    pub(super) fn contains(&self, version: &str) -> bool {
        self.versions.iter().any(|known| known == version)
    }
}

/// The rest of the delay before the next reconcile, if the cached version is one that the last reconcile knows.
pub(super) fn own_write_delay(
    known: &KnownVersions,
    cached_version: &str,
    due: Option<Uptime>,
    now: Uptime,
) -> Option<Duration> {
    let rest = due?.checked_sub(now)?;
    (known.contains(cached_version) && !rest.is_zero()).then_some(rest)
}

/// Delay after a reconcile that was interrupted, by the number of failed attempts in a row and a random number from 0
/// to 1: an outage of the API server interrupts all objects at once.
pub(super) fn delay_after_interruption(
    attempts: u32,
    intervals: &Intervals,
    random: f64,
) -> Duration {
    let doubled = 1 << attempts.min(10);
    let delay = (intervals.poll / 100)
        .saturating_mul(doubled)
        .min(intervals.resync);
    jittered(delay, random)
}

#[cfg(test)]
mod tests {
    use super::delay_after_interruption;
    use crate::core::report::requeue::Intervals;
    use std::time::Duration;

    #[test]
    fn the_delay_after_an_interruption_doubles_from_a_fifth_of_a_second_to_the_resync_interval() {
        let intervals = Intervals::default();
        let after = |attempts| delay_after_interruption(attempts, &intervals, 0.5);
        assert_eq!(after(1), Duration::from_millis(200));
        assert_eq!(after(2), Duration::from_millis(400));
        assert_eq!(after(10), Duration::from_millis(102_400));
        assert_eq!(after(u32::MAX), after(10));
        let short = Intervals {
            resync: Duration::from_secs(2),
            ..intervals
        };
        assert_eq!(
            delay_after_interruption(10, &short, 0.5),
            Duration::from_secs(2)
        );
    }

    #[test]
    fn objects_that_are_interrupted_together_are_not_retried_together() {
        let intervals = Intervals::default();
        let drawn = |random| delay_after_interruption(1, &intervals, random);
        assert_eq!(drawn(0.0), Duration::from_millis(180));
        assert_eq!(drawn(1.0), Duration::from_millis(220));
    }
}
