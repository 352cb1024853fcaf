//! The loop on kube-runtime: concurrency, health, and the graceful stop.

use std::{
    convert::Infallible,
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
};

use futures::{FutureExt, StreamExt};
use jiff::Timestamp;
use kube::{
    Api, Client, Resource,
    runtime::{
        Controller,
        controller::{Action, Config, Error as ControllerError},
        reflector::{self, Store, store::Writer},
        watcher,
    },
};
use tokio_util::sync::CancellationToken;

use super::{
    Requeue,
    cache_entry::CacheEntry,
    changes::changes,
    context::{Clock, Context, Settings},
    kubernetes::{Kubernetes, States},
    objects::ObjectKey,
};
use crate::{
    core::{desired::identity::OperatorIdentity, observed::history::Uptime},
    ecs::Ecs,
    telemetry::{health::Health, metrics::Reconciles},
};

/// Objects worked on at once: enough to hide AWS's latency at its rates, few enough for its throttles at a start.
const CONCURRENCY: u16 = 8;

/// The clocks of the machine.
struct SystemClock(std::time::Instant);

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Uptime {
        self.0.elapsed()
    }

    fn random(&self) -> f64 {
        // Each RandomState has keys of its own: chance enough to keep objects out of step.
        let random = RandomState::new().build_hasher().finish();
        random as f64 / u64::MAX as f64
    }
}

type Shared<E> = Context<E, Kubernetes, SystemClock>;

/// A loop that is ready to run.
pub struct Loop<E> {
    ctx: Arc<Shared<E>>,
    api: Api<CacheEntry>,
    reader: Store<CacheEntry>,
    writer: Writer<CacheEntry>,
}

impl<E: Ecs> Loop<E> {
    /// Over the objects of one namespace, or of all.
    pub fn new(
        client: Client,
        namespace: Option<&str>,
        ecs: E,
        settings: Settings,
        operator: OperatorIdentity,
        health: Health,
    ) -> Self {
        let (reader, writer) = reflector::store();
        let objects = Kubernetes::new(client.clone(), reader.clone());
        let clock = SystemClock(std::time::Instant::now());
        let ctx = Context::new(ecs, objects, clock, settings, operator).with_health(health);
        let api = match namespace {
            Some(namespace) => Api::namespaced(client, namespace),
            None => Api::all(client),
        };
        Self {
            ctx: Arc::new(ctx),
            api,
            reader,
            writer,
        }
    }

    /// The passes, counted.
    pub fn reconciles(&self) -> Reconciles {
        self.ctx.reconciles.clone()
    }

    /// The state of each object.
    pub fn states(&self) -> States {
        States(self.reader.clone())
    }

    /// Runs until `stop`; passes under way are finished. Returns whether it was stopped, rather than ended by itself.
    pub async fn run(self, stop: CancellationToken) -> bool {
        let Self {
            ctx,
            api,
            reader,
            writer,
        } = self;
        let seen = ctx.clone();
        let health = ctx.health.clone();
        let note = move |event: &_| note(&seen, event);
        let changes = changes(api, reader.clone(), writer, health, note);
        let synced = reader.clone();
        let reconciles = Controller::for_stream(changes, reader)
            .with_config(Config::default().concurrency(CONCURRENCY))
            .graceful_shutdown_on(stop.clone().cancelled_owned())
            .run(reconcile, |_, error, _| match *error {}, ctx)
            .for_each(|ended| async {
                match ended {
                    Ok(_) => {}
                    Err(ControllerError::ObjectNotFound(object)) => {
                        tracing::debug!(%object, "it is gone");
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the queue of objects has trouble; it goes on")
                    }
                }
            });
        let stopped_unsynced = async {
            stop.cancelled().await;
            if synced.wait_until_ready().now_or_never().is_some() {
                std::future::pending().await
            }
        };
        tokio::select! {
            () = reconciles => {}
            // No pass has begun, and the Controller would wait for a list that nobody fetches any more.
            () = stopped_unsynced => {}
        }
        stop.is_cancelled()
    }
}

async fn reconcile<E: Ecs>(
    object: Arc<CacheEntry>,
    ctx: Arc<Shared<E>>,
) -> Result<Action, Infallible> {
    let key = ObjectKey::of(object.meta());
    if let Some(message) = object.malformed() {
        tracing::warn!(object = %key, what = message, "a stored object is malformed");
        return Ok(match ctx.objects.mark_malformed(&object, message).await {
            Ok(()) => Action::await_change(),
            Err(error) => {
                tracing::info!(object = %key, %error, "the malformed object has no status that says so");
                Action::requeue(ctx.settings.intervals.resync)
            }
        });
    }
    Ok(match super::reconcile(&ctx, &key).await {
        Requeue::After(delay) => Action::requeue(delay),
        Requeue::AwaitChange => Action::await_change(),
    })
}

/// Notes that the list is in, and forgets what is gone: told by the watch, or missing after a new list.
fn note<E: Ecs>(ctx: &Shared<E>, event: &watcher::Event<CacheEntry>) {
    match event {
        watcher::Event::Delete(object) => ctx.states.forget(&ObjectKey::of(object.meta())),
        watcher::Event::InitDone => {
            ctx.health.synced();
            ctx.forget_all_but_cached();
        }
        watcher::Event::Init | watcher::Event::Apply(_) | watcher::Event::InitApply(_) => {}
    }
}
