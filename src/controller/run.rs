//! The loop on kube-runtime: the watch, what counts as a change, concurrency, and the graceful stop.

use std::{
    convert::Infallible,
    hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState},
    sync::Arc,
};

use futures::StreamExt;
use jiff::Timestamp;
use kube::{
    Api, Client, Resource, ResourceExt,
    runtime::{
        Controller, WatchStreamExt,
        controller::{Action, Config, Error as ControllerError},
        reflector, watcher,
    },
};
use tokio_util::sync::CancellationToken;

use super::{
    Next,
    context::{Clock, Context, Settings},
    kubernetes::{Guarded, Kubernetes},
    objects::ObjectKey,
};
use crate::{
    api::annotations,
    core::{desired::Home, sightings::Uptime},
    ecs::Ecs,
};

/// Objects worked on at once: enough to hide AWS's latency, few enough for its throttles at a start.
const CONCURRENCY: u16 = 16;

/// The clocks of the machine.
struct SystemClock(std::time::Instant);

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Uptime {
        self.0.elapsed()
    }

    fn chance(&self) -> f64 {
        // Each RandomState has keys of its own: chance enough to keep objects out of step.
        let random = RandomState::new().build_hasher().finish();
        random as f64 / u64::MAX as f64
    }
}

type Shared<E> = Context<E, Kubernetes, SystemClock>;

/// Runs until `stop`; passes under way are finished. Returns whether it was stopped, rather than ended by itself.
pub async fn run<E: Ecs>(
    client: Client,
    namespace: Option<&str>,
    ecs: E,
    settings: Settings,
    home: Home,
    stop: CancellationToken,
) -> bool {
    let (reader, writer) = reflector::store();
    let objects = Kubernetes::new(client.clone(), reader.clone());
    let clock = SystemClock(std::time::Instant::now());
    let ctx = Arc::new(Context::new(ecs, objects, clock, settings, home));
    let api: Api<Guarded> = match namespace {
        Some(namespace) => Api::namespaced(client, namespace),
        None => Api::all(client),
    };
    let gone = ctx.clone();
    let changes = watcher(api, watcher::Config::default())
        .default_backoff()
        .modify(|object| object.managed_fields_mut().clear())
        .reflect(writer)
        .inspect(move |event| forget_gone(&gone, event))
        .applied_objects()
        .predicate_filter(what_counts, Default::default());
    Controller::for_stream(changes, reader)
        .with_config(Config::default().concurrency(CONCURRENCY))
        .graceful_shutdown_on(stop.clone().cancelled_owned())
        .run(reconcile, |_, error, _| match *error {}, ctx)
        .for_each(|ended| async {
            match ended {
                Ok(_) | Err(ControllerError::ObjectNotFound(_)) => {}
                Err(error) => tracing::warn!(%error, "the watch has trouble; it is tried again"),
            }
        })
        .await;
    stop.is_cancelled()
}

async fn reconcile<E: Ecs>(
    object: Arc<Guarded>,
    ctx: Arc<Shared<E>>,
) -> Result<Action, Infallible> {
    if let Err(invalid) = &object.0 {
        let message = malformed(&invalid.error);
        tracing::warn!(
            object = object.name_any(),
            message,
            "a stored object is malformed"
        );
        ctx.objects.mark_malformed(&object, &message).await;
        return Ok(Action::await_change());
    }
    let key = ObjectKey {
        namespace: object.namespace().unwrap_or_default(),
        name: object.name_any(),
    };
    Ok(match super::reconcile(&ctx, &key).await {
        Next::Look(delay) => Action::requeue(delay),
        Next::Change => Action::await_change(),
    })
}

/// Forgets what is gone: told by the watch, or missing after a new list.
fn forget_gone<E: Ecs>(ctx: &Shared<E>, event: &watcher::Result<watcher::Event<Guarded>>) {
    match event {
        Ok(watcher::Event::Delete(object)) => ctx.forget(&ObjectKey {
            namespace: object.namespace().unwrap_or_default(),
            name: object.name_any(),
        }),
        Ok(watcher::Event::InitDone) => ctx.forget_all_but_cached(),
        Ok(watcher::Event::Init | watcher::Event::InitApply(_) | watcher::Event::Apply(_))
        | Err(_) => {}
    }
}

/// Hash of what a pass depends on: the spec's generation, deletion, finalizers, and the operator's annotations. Without it
/// each status that is written would be one more look.
fn what_counts(object: &Guarded) -> Option<u64> {
    let meta = object.meta();
    let mut hasher = DefaultHasher::new();
    meta.generation.hash(&mut hasher);
    meta.deletion_timestamp
        .as_ref()
        .map(|at| at.0)
        .hash(&mut hasher);
    meta.finalizers.hash(&mut hasher);
    let annotations_read = [
        annotations::SERVICE_ARN,
        annotations::CLUSTER_ID,
        annotations::ADOPT_CONFIRM,
        annotations::RESTART,
        annotations::RETRY,
    ];
    for key in annotations_read {
        meta.annotations
            .as_ref()
            .and_then(|all| all.get(key))
            .hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// What is wrong with a stored object, without the value that is wrong: it may be a secret.
fn malformed(error: &str) -> String {
    let what = match error.split_once(". Expected ") {
        _ if error.starts_with("Missing field ") => error.to_lowercase(),
        Some((_, expected)) => format!("a value is of another type, expected {expected}"),
        None => "a field does not have the form of the schema".to_owned(),
    };
    format!(
        "the stored object does not fit the present CustomResourceDefinition: {what}; correct it with kubectl edit; its ECS service is left as it is until then"
    )
}

#[cfg(test)]
mod tests {
    use super::{Guarded, malformed};
    use serde_json::{Value, json};

    fn message_on(container: Value) -> String {
        let object: Guarded = serde_json::from_value(json!({
            "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressService", "metadata": {"name": "x"},
            "spec": {"infrastructureRoleArn": "a", "primaryContainer": container},
        }))
        .unwrap();
        malformed(&object.0.unwrap_err().error)
    }

    #[test]
    fn the_message_on_a_malformed_object_names_what_is_missing_or_expected_and_shows_no_value() {
        let message = message_on(json!({"containerPort": 80}));
        assert!(message.contains("missing field image"), "{message}");
        let message = message_on(json!("hunter2"));
        assert!(
            message.contains("expected struct PrimaryContainer"),
            "{message}"
        );
        assert!(!message.contains("hunter2"), "{message}");
        assert!(!malformed("whatever hunter2").contains("hunter2"));
    }
}
