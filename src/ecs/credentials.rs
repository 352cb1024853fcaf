//! Credentials from the SDK's chain, with a note of each change of theirs.

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

/// Stands between the SDK's chain and its identity cache, so that a change is seen without a call of its own.
pub(super) struct NotedCredentials {
    chain: SharedCredentialsProvider,
    /// What [`NotedCredentials::probe`] got, handed out once instead of another call.
    probed: Mutex<Option<Credentials>>,
    /// The credentials that were loaded last.
    latest: Mutex<Option<Credentials>>,
    changes: AtomicU64,
}

/// Says nothing of the credentials.
impl fmt::Debug for NotedCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotedCredentials")
            .field("changes", &self.changes())
            .finish_non_exhaustive()
    }
}

impl NotedCredentials {
    pub(super) fn new(chain: SharedCredentialsProvider) -> Arc<Self> {
        Arc::new(Self {
            chain,
            probed: Mutex::default(),
            latest: Mutex::default(),
            changes: AtomicU64::new(0),
        })
    }

    /// How often the credentials were seen to change; 0 before the first were seen.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// The credentials that were loaded last, if they have changed so often by now.
    pub(super) fn after(&self, changes: u64) -> Option<Credentials> {
        let latest = held(&self.latest);
        (self.changes() == changes)
            .then(|| latest.clone())
            .flatten()
    }

    /// Gets credentials before the first call needs them, to tell at start that there are none.
    pub(super) async fn probe(&self) -> Result<(), CredentialsError> {
        let credentials = self.load().await?;
        *held(&self.probed) = Some(credentials);
        Ok(())
    }

    async fn provide(&self) -> Result<Credentials, CredentialsError> {
        let probed = held(&self.probed).take();
        match probed {
            Some(credentials) if is_fresh(&credentials) => Ok(credentials),
            Some(_) | None => self.load().await,
        }
    }

    async fn load(&self) -> Result<Credentials, CredentialsError> {
        let credentials = self.chain.provide_credentials().await?;
        let mut latest = held(&self.latest);
        let before = latest.as_ref().map(Credentials::access_key_id);
        if before != Some(credentials.access_key_id()) {
            self.changes.fetch_add(1, Ordering::AcqRel);
        }
        *latest = Some(credentials.clone());
        Ok(credentials)
    }
}

impl ProvideCredentials for NotedCredentials {
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

/// No code can panic while it holds one of these locks, so a poisoned one is as good as any.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
