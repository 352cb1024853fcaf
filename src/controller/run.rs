//! The loop on kube-runtime: concurrency, readiness, and the graceful stop.

use std::{
    convert::Infallible,
    fmt,
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
    context::{Clock, Context, Settings},
    credentials,
    kubernetes::{Kubernetes, access, malformed},
    objects::ObjectKey,
    reconcile::reconcile,
    triggers::Requeue,
    watch::{cache_entry::CacheEntry, changes},
};
use crate::{
    core::{desired::identity::OperatorIdentity, observed::history::Uptime, report::state::State},
    ecs::Ecs,
    telemetry::{
        health::Health,
        metrics::{ObjectStates, Reconciles},
    },
};

/// Objects reconciled at once: enough to hide the latency of AWS at its rate limits, few enough not to be throttled at
/// start.
const CONCURRENCY: u16 = 8;

/// The clocks of the machine; holds the start of the process.
struct SystemClock(std::time::Instant);

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Uptime {
        self.0.elapsed()
    }

    fn random(&self) -> f64 {
        // Each RandomState has keys of its own, which is random enough to keep objects out of step.
        let random = RandomState::new().build_hasher().finish();
        random as f64 / u64::MAX as f64
    }
}

type Shared<E> = Context<E, Kubernetes, SystemClock>;

/// The controller, ready to run.
pub struct Loop<E> {
    ctx: Shared<E>,
    api: Api<CacheEntry>,
    reader: Store<CacheEntry>,
    writer: Writer<CacheEntry>,
}

impl<E> fmt::Debug for Loop<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loop")
            .field("ctx", &self.ctx)
            .finish_non_exhaustive()
    }
}

impl<E: Ecs> Loop<E> {
    /// Creates a controller for the objects of one namespace, or of all.
    pub fn new(
        client: Client,
        namespace: Option<&str>,
        ecs: E,
        settings: Settings,
        operator: OperatorIdentity,
    ) -> Self {
        let (reader, writer) = reflector::store();
        let objects = Kubernetes::new(client.clone(), reader.clone());
        let clock = SystemClock(std::time::Instant::now());
        let ctx = Context::new(ecs, objects, clock, settings, operator);
        let api = match namespace {
            Some(namespace) => Api::namespaced(client, namespace),
            None => Api::all(client),
        };
        Self {
            ctx,
            api,
            reader,
            writer,
        }
    }

    /// Reports readiness to `health`.
    #[must_use]
    pub fn with_health(self, health: Health) -> Self {
        let ctx = self.ctx.with_health(health);
        Self { ctx, ..self }
    }

    /// The metrics of the reconciles.
    pub fn reconciles(&self) -> Reconciles {
        self.ctx.reconciles.clone()
    }

    /// The states of the objects in the cache, for the metrics.
    pub fn states(&self) -> impl ObjectStates + use<E> {
        States(self.reader.clone())
    }

    /// Runs until `stop` is cancelled, then finishes the reconciles in progress. Returns whether it was stopped, as
    /// opposed to the watch having ended unexpectedly.
    pub async fn run(self, stop: CancellationToken) -> bool {
        let Self {
            ctx,
            api,
            reader,
            writer,
        } = self;
        let ctx = Arc::new(ctx);
        let shared = ctx.clone();
        let health = ctx.health.clone();
        let on_event = move |event: &_| on_event(&shared, event);
        let (listed, shared_by_checks) = (api.clone(), ctx.clone());
        let changes = changes(api, reader.clone(), writer, health, on_event);
        let synced = reader.clone();
        let reconciles = Controller::for_stream(changes, reader)
            .with_config(Config::default().concurrency(CONCURRENCY))
            .graceful_shutdown_on(stop.clone().cancelled_owned())
            .run(reconcile_entry, |_, error, _| match *error {}, ctx)
            .for_each(|ended| async {
                match ended {
                    Ok(_) => {}
                    Err(ControllerError::ObjectNotFound(object)) => {
                        tracing::debug!(%object, "object no longer exists");
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the work queue reported an error");
                    }
                }
            });
        let stopped_unsynced = async {
            stop.cancelled().await;
            if synced.wait_until_ready().now_or_never().is_some() {
                std::future::pending::<()>().await;
            }
        };
        let checks = async {
            let Context {
                ecs,
                settings,
                health,
                ..
            } = &*shared_by_checks;
            tokio::join!(
                access::keep_checking(&listed, health),
                credentials::keep_checking(ecs, settings.intervals.resync),
            );
        };
        tokio::select! {
            () = reconciles => {}
            () = checks => {}
            // No reconcile has started, and kube's Controller would wait for a list that nobody requests any more.
            () = stopped_unsynced => {}
        }
        stop.is_cancelled()
    }
}

async fn reconcile_entry<E: Ecs>(
    object: Arc<CacheEntry>,
    ctx: Arc<Shared<E>>,
) -> Result<Action, Infallible> {
    let requeue = match object.malformed() {
        Some(message) => malformed::report(&ctx, &object, message).await,
        None => reconcile(&ctx, &ObjectKey::of(object.meta())).await,
    };
    Ok(match requeue {
        Requeue::After(delay) => Action::requeue(delay),
        Requeue::AwaitChange => Action::await_change(),
    })
}

/// Marks the watch as synced once a list is complete, and drops the states of deleted objects: those that the watch
/// names, and those that a new list no longer has.
fn on_event<E: Ecs>(ctx: &Shared<E>, event: &watcher::Event<CacheEntry>) {
    match event {
        watcher::Event::Delete(object) => ctx.forget(&ObjectKey::of(object.meta())),
        watcher::Event::InitDone => {
            ctx.health.synced();
            ctx.forget_all_but_cached();
        }
        watcher::Event::Init | watcher::Event::Apply(_) | watcher::Event::InitApply(_) => {}
    }
}

/// The states of the objects in the watch's store.
struct States(Store<CacheEntry>);

impl ObjectStates for States {
    fn states(&self) -> Vec<State> {
        let objects = self.0.state();
        objects.iter().map(|object| object.state()).collect()
    }
}
