//! The last answer of STS to GetCallerIdentity.

use std::sync::{PoisonError, RwLock};

use crate::core::desired::identity::Caller;

/// The caller of certain credentials.
#[derive(Clone, Debug)]
pub(super) struct KnownCaller {
    /// How often the credentials had changed when STS was asked.
    pub(super) changes: u64,
    pub(super) caller: Caller,
}

/// Holds the last answer of STS. Poisoning is ignored: no panic can leave the value inconsistent.
#[derive(Debug, Default)]
pub(super) struct CallerCache(RwLock<Option<KnownCaller>>);

impl CallerCache {
    /// Returns the caller, unless the credentials have changed since it was stored.
    pub(super) fn get(&self, changes: u64) -> Option<KnownCaller> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.clone().filter(|known| known.changes == changes)
    }

    pub(super) fn store(&self, known: KnownCaller) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }

    pub(super) fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
