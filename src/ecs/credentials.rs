//! A provider of credentials that counts how often they change.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};

/// Stands between the SDK's chain and its identity cache, so that a change is detected without a call of its own.
pub(super) struct TrackedCredentials {
    chain: SharedCredentialsProvider,
    /// The credentials that [`TrackedCredentials::probe`] loaded; handed out once instead of loading them again.
    probed: Mutex<Option<Credentials>>,
    /// The credentials loaded last.
    latest: Mutex<Option<Credentials>>,
    changes: AtomicU64,
}

/// Shows nothing of the credentials.
impl fmt::Debug for TrackedCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackedCredentials")
            .field("changes", &self.changes())
            .finish_non_exhaustive()
    }
}

impl TrackedCredentials {
    pub(super) fn new(chain: SharedCredentialsProvider) -> Arc<Self> {
        Arc::new(Self {
            chain,
            probed: Mutex::default(),
            latest: Mutex::default(),
            changes: AtomicU64::new(0),
        })
    }

    /// Returns how often the credentials have changed; 0 before the first ones were loaded.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Returns the credentials loaded last, if they have changed exactly `changes` times.
    pub(super) fn after(&self, changes: u64) -> Option<Credentials> {
        let latest = lock(&self.latest);
        (self.changes() == changes)
            .then(|| latest.clone())
            .flatten()
    }

    /// Loads credentials before the first call needs them, so that the start fails if there are none.
    pub(super) async fn probe(&self) -> Result<(), CredentialsError> {
        let credentials = self.load().await?;
        *lock(&self.probed) = Some(credentials);
        Ok(())
    }

    async fn provide(&self) -> Result<Credentials, CredentialsError> {
        let probed = lock(&self.probed).take();
        match probed {
            Some(credentials) if is_fresh(&credentials) => Ok(credentials),
            Some(_) | None => self.load().await,
        }
    }

    async fn load(&self) -> Result<Credentials, CredentialsError> {
        let credentials = self.chain.provide_credentials().await?;
        let mut latest = lock(&self.latest);
        let before = latest.as_ref().map(Credentials::access_key_id);
        if before != Some(credentials.access_key_id()) {
            self.changes.fetch_add(1, Ordering::AcqRel);
        }
        *latest = Some(credentials.clone());
        Ok(credentials)
    }
}

impl ProvideCredentials for TrackedCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.chain.as_ref().fallback_on_interrupt()
    }
}

fn is_fresh(credentials: &Credentials) -> bool {
    credentials
        .expiry()
        .is_none_or(|expiry| expiry > SystemTime::now())
}

/// Ignores poisoning: no code can panic while it holds one of these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
