//! An operator process: its watch, its work queue and its reconciles, as kube-runtime runs them.
//!
//! At most eight reconciles at once, and one of an object; requests for an object that is waiting are merged, and keep the earliest time;
//! those for an object that is being reconciled wait until that is done. The cache is only as new as what the watch has
//! delivered.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    task::{Context as TaskContext, Poll, Wake, Waker},
    time::Duration,
};

use ecs_express_operator::{
    controller::{
        Requeue,
        context::{Context, Settings},
        objects::ObjectKey,
        reconcile,
        watch::cache_entry::CacheEntry,
    },
    core::desired::identity::{Caller, OperatorIdentity},
};

use crate::{
    ecs::ModelEcs,
    kubernetes::{
        api_server::{ApiServer, Change},
        objects::ModelObjects,
    },
    link::{Credentials, Link, ProcessClock, Sent, VirtualClock, lock},
    random::Random,
};

/// Objects reconciled at once, as in the shipped program.
const CONCURRENCY: usize = 8;

/// Identifies a process of a run; a restarted operator is another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId {
    /// Which of the operators that run beside one another.
    pub operator: usize,
    /// How often that one was started before.
    pub start: u32,
}

/// How a process is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The Region of objects that name none.
    pub region: String,
    /// The id of the Kubernetes cluster.
    pub cluster_id: String,
    /// Its credentials at the start.
    pub credentials: Credentials,
    /// Windows and intervals.
    pub settings: Settings,
}

type Shared = Context<ModelEcs, ModelObjects, ProcessClock>;

struct Running {
    future: Pin<Box<dyn Future<Output = Requeue>>>,
    woken: Arc<Woken>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// An operator process.
pub struct Process {
    /// Which process this is.
    pub id: ProcessId,
    /// What it shares with the simulator.
    pub link: Arc<Link>,
    /// The time until which it does not execute.
    pub frozen_until: Option<Duration>,
    /// The place in the API server's changes up to which its watch has delivered.
    pub delivered: usize,
    listed: bool,
    ctx: Arc<Shared>,
    scheduled: BTreeMap<ObjectKey, Duration>,
    running: BTreeMap<ObjectKey, Running>,
}

impl Process {
    /// Starts a process, whose cache is empty.
    pub fn start(
        id: ProcessId,
        setup: &Setup,
        time: &VirtualClock,
        wall_error: Arc<AtomicI64>,
        random: Random,
    ) -> Self {
        let link = Arc::new(Link::new(setup.credentials.clone()));
        let account = match &setup.credentials {
            Credentials::Valid(account) | Credentials::Expired(account) => account.clone(),
            Credentials::None => String::new(),
        };
        let identity = OperatorIdentity {
            caller: Caller {
                partition: "aws".into(),
                account,
            },
            region: setup.region.clone(),
            cluster_id: setup.cluster_id.clone(),
        };
        let ctx = Context::new(
            ModelEcs::new(link.clone(), &setup.region),
            ModelObjects::new(link.clone()),
            ProcessClock::new(time.clone(), wall_error, random),
            setup.settings,
            identity,
        );
        Self {
            id,
            link,
            frozen_until: None,
            delivered: 0,
            listed: false,
            ctx: Arc::new(ctx),
            scheduled: BTreeMap::new(),
            running: BTreeMap::new(),
        }
    }

    /// Whether it executes at this time.
    pub fn executes(&self, now: Duration) -> bool {
        self.frozen_until.is_none_or(|until| until <= now)
    }

    /// Whether its first list has arrived.
    pub fn has_list(&self) -> bool {
        self.listed
    }

    /// Fills the cache from a new list.
    pub fn list(&mut self, api: &ApiServer, now: Duration) {
        let mut changed = Vec::new();
        {
            let mut cache = lock(&self.link.cache);
            let mut listed = BTreeMap::new();
            for (key, stored) in api.objects() {
                let mut entry = CacheEntry::compress(stored.object.clone());
                entry.compare(cache.get(key));
                if entry.has_changed() {
                    changed.push(key.clone());
                }
                listed.insert(key.clone(), entry);
            }
            *cache = listed;
        }
        self.ctx.forget_all_but_cached();
        self.delivered = api.changes().len();
        self.listed = true;
        for key in changed {
            self.schedule(key, now);
        }
    }

    /// Receives a change from the watch.
    pub fn receive(&mut self, key: &ObjectKey, change: &Change, now: Duration) {
        match change {
            Change::Applied(stored) => {
                let mut entry = CacheEntry::compress(stored.object.clone());
                let changed = {
                    let mut cache = lock(&self.link.cache);
                    entry.compare(cache.get(key));
                    let changed = entry.has_changed();
                    cache.insert(key.clone(), entry);
                    changed
                };
                if changed {
                    self.schedule(key.clone(), now);
                }
            }
            Change::Deleted(_) => {
                lock(&self.link.cache).remove(key);
                self.ctx.forget(key);
            }
        }
    }

    fn schedule(&mut self, key: ObjectKey, at: Duration) {
        let scheduled = self.scheduled.entry(key).or_insert(at);
        *scheduled = at.min(*scheduled);
    }

    /// The time of the next reconcile that can start.
    pub fn next_due(&self) -> Option<Duration> {
        if self.running.len() >= CONCURRENCY {
            return None;
        }
        let free = |key: &ObjectKey| !self.running.contains_key(key);
        let due = self.scheduled.iter().filter(|(key, _)| free(key));
        let due = due.map(|(_, at)| *at).min()?;
        Some(due.max(self.frozen_until.unwrap_or_default()))
    }

    /// Starts the reconciles that are due. Returns their objects.
    pub fn start_due(&mut self, now: Duration) -> Vec<ObjectKey> {
        let mut due: Vec<_> = self
            .scheduled
            .iter()
            .filter(|(key, at)| **at <= now && !self.running.contains_key(*key))
            .map(|(key, at)| (*at, key.clone()))
            .collect();
        due.sort();
        due.truncate(CONCURRENCY.saturating_sub(self.running.len()));
        let due: Vec<_> = due.into_iter().map(|(_, key)| key).collect();
        for key in &due {
            self.scheduled.remove(key);
            // kube-runtime does not call the reconciler for an object that its store does not have.
            if !lock(&self.link.cache).contains_key(key) {
                continue;
            }
            let (ctx, reconciled) = (self.ctx.clone(), key.clone());
            let future = async move { reconcile(&ctx, &reconciled).await };
            self.running.insert(
                key.clone(),
                Running {
                    future: Box::pin(tokio::task::unconstrained(future)),
                    woken: Arc::new(Woken(AtomicBool::new(true))),
                },
            );
        }
        due
    }

    /// Lets the reconciles execute until each waits for an answer. Returns those that have ended.
    pub fn execute(&mut self, now: Duration) -> Vec<(ObjectKey, Requeue)> {
        let mut ended = Vec::new();
        for (key, running) in &mut self.running {
            while running.woken.0.swap(false, Ordering::Relaxed) {
                *lock(&self.link.executing) = Some(key.clone());
                let waker = Waker::from(running.woken.clone());
                let mut context = TaskContext::from_waker(&waker);
                if let Poll::Ready(requeue) = running.future.as_mut().poll(&mut context) {
                    ended.push((key.clone(), requeue));
                    break;
                }
            }
        }
        *lock(&self.link.executing) = None;
        for (key, requeue) in &ended {
            self.running.remove(key);
            if let Requeue::After(delay) = requeue {
                self.schedule(key.clone(), now + *delay);
            }
        }
        ended
    }

    /// Takes what the process has sent.
    pub fn take_sent(&self) -> Vec<Sent> {
        self.link.take_sent()
    }
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Process")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
