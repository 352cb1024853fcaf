//! What an operator process shares with the simulator: its clock, its cache, its credentials and its requests.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use ecs_express_operator::controller::{
    context::Clock, objects::ObjectKey, watch::cache_entry::CacheEntry,
};
use futures::channel::oneshot;
use jiff::{SignedDuration, Timestamp};

use crate::{
    random::Random,
    request::{Answer, Request},
};

/// Start of every run: 1 January 2026, when the emulator's clock starts.
pub const START: i64 = 1_767_225_600;

/// The virtual time since the start of the run; clones share it.
#[derive(Clone, Debug, Default)]
pub struct VirtualClock(Arc<AtomicU64>);

impl VirtualClock {
    /// Time since the start of the run.
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// Moves the clock forward to a time.
    pub fn set(&self, now: Duration) {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        self.0.store(now, Ordering::Relaxed);
    }
}

/// The clock of one process.
#[derive(Debug)]
pub struct ProcessClock {
    time: VirtualClock,
    started: Duration,
    /// By how many seconds the wall clock of the machine is wrong.
    pub wall_error: Arc<AtomicI64>,
    random: Mutex<Random>,
}

impl ProcessClock {
    /// The clock of a process that starts now.
    pub fn new(time: VirtualClock, wall_error: Arc<AtomicI64>, random: Random) -> Self {
        let started = time.now();
        Self {
            time,
            started,
            wall_error,
            random: Mutex::new(random),
        }
    }
}

impl Clock for ProcessClock {
    fn wall(&self) -> Timestamp {
        let start = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(START);
        let error = SignedDuration::from_secs(self.wall_error.load(Ordering::Relaxed));
        start + self.time.now() + error
    }

    fn uptime(&self) -> Duration {
        self.time.now().saturating_sub(self.started)
    }

    fn random(&self) -> f64 {
        lock(&self.random).fraction()
    }
}

/// A request that a process has sent, sent to the server.
#[derive(Debug)]
pub struct Sent {
    /// Object whose reconcile sent it.
    pub reconciled: Option<ObjectKey>,
    /// The request.
    pub request: Request,
    /// Where its answer goes.
    pub reply: oneshot::Sender<Answer>,
}

/// Whose credentials a process has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Valid credentials of this account.
    Valid(String),
    /// Expired credentials of this account.
    Expired(String),
    /// The provider gives none.
    None,
}

/// What a process shares with the simulator.
#[derive(Debug)]
pub struct Link {
    /// The objects that its watch has delivered.
    pub cache: Mutex<BTreeMap<ObjectKey, CacheEntry>>,
    /// Its credentials, and how often they have changed.
    pub credentials: Mutex<(u64, Credentials)>,
    /// The object whose reconcile is executing.
    pub executing: Mutex<Option<ObjectKey>>,
    sent: Mutex<Vec<Sent>>,
}

impl Link {
    /// The link of a process with these credentials.
    pub fn new(credentials: Credentials) -> Self {
        Self {
            cache: Mutex::default(),
            credentials: Mutex::new((1, credentials)),
            executing: Mutex::default(),
            sent: Mutex::default(),
        }
    }

    /// Sends a request and waits for its answer.
    pub async fn send(&self, request: Request) -> Answer {
        let (reply, answer) = oneshot::channel();
        lock(&self.sent).push(Sent {
            reconciled: lock(&self.executing).clone(),
            request,
            reply,
        });
        match answer.await {
            Ok(answer) => answer,
            // The simulator drops no reply of a living process.
            Err(oneshot::Canceled) => std::future::pending().await,
        }
    }

    /// Takes the requests that the process has sent since the last call.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *lock(&self.sent))
    }
}

/// Ignores poisoning: a panic ends the run.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
