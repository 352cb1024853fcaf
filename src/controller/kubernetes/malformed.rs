//! The report about a stored object that cannot be parsed, which the port to Kubernetes cannot represent.

use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
};
use serde_json::json;

use super::{Kubernetes, answer};
use crate::{
    api::{ExpressServiceStatus, conditions::reasons},
    controller::{
        context::{Clock, Context},
        objects::{ObjectKey, ObjectsError, status_json},
        status,
        triggers::{Requeue, delay_after_interruption},
        watch::cache_entry::CacheEntry,
    },
    core::report::{
        event::{Event, Severity},
        requeue::jittered,
    },
    ecs::Ecs,
};

/// Reports an object that cannot be parsed in its status, by an event, and in the log. Where the API server can take no
/// status, the event is repeated at the resync interval; after any other failure only the status is written again, soon.
pub(in crate::controller) async fn report<E: Ecs, C: Clock>(
    ctx: &Context<E, Kubernetes, C>,
    object: &CacheEntry,
    message: &str,
) -> Requeue {
    let key = ObjectKey::of(object.meta());
    let uid = object.meta().uid.clone().unwrap_or_default();
    let mut state = ctx.states.get(&key, &uid);
    if state.malformed_reports == 0 {
        tracing::warn!(object = %key, error = message, "a stored object is malformed");
        warn(&ctx.objects, object, message).await;
    }
    let status = status::malformed(object.meta(), message);
    let (intervals, random) = (&ctx.settings.intervals, ctx.clock.random());
    let delay = match write_status(&ctx.objects, object, &status).await {
        Ok(()) => {
            ctx.states.forget(&key);
            return Requeue::AwaitChange;
        }
        Err(error) => {
            tracing::info!(object = %key, %error, "could not write the status of a malformed object");
            if matches!(error, ObjectsError::Invalid(_)) {
                state.malformed_reports = 0;
                jittered(intervals.resync, random)
            } else {
                state.malformed_reports += 1;
                delay_after_interruption(state.malformed_reports, intervals, random)
            }
        }
    };
    if !ctx.objects.holds(&key) {
        // It was deleted meanwhile, and nothing will report that again.
        return Requeue::AwaitChange;
    }
    ctx.states.keep(&key, state);
    Requeue::After(delay)
}

/// Publishes the event about the object.
async fn warn(kubernetes: &Kubernetes, object: &CacheEntry, message: &str) {
    let event = Event {
        severity: Severity::Warning,
        reason: reasons::INVALID_SPEC,
        action: "Reconcile",
        note: message.to_owned(),
    };
    kubernetes.publish_about(object, &event).await;
}

/// Writes the status of the object. The API server rejects it where a value does not have the type of the schema.
async fn write_status(
    kubernetes: &Kubernetes,
    object: &CacheEntry,
    status: &ExpressServiceStatus,
) -> Result<(), ObjectsError> {
    let api: Api<CacheEntry> = Api::namespaced(
        kubernetes.client.clone(),
        object.meta().namespace.as_deref().unwrap_or_default(),
    );
    let patch = Patch::Merge(json!({"status": status_json(status)}));
    let (name, params) = (object.name_any(), PatchParams::default());
    answer(api.patch_status(&name, &params, &patch)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, Mutex},
        time::Duration,
    };

    use axum::{Router, http::StatusCode};
    use jiff::Timestamp;
    use kube::{
        Client, Config,
        runtime::{reflector, watcher::Event as WatchEvent},
    };

    use super::*;
    use crate::{
        controller::context::Settings,
        core::desired::identity::{Caller, OperatorIdentity},
        ecs::aws::{AwsEcs, Timeouts},
    };

    struct Stopped;

    impl Clock for Stopped {
        fn wall(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn uptime(&self) -> Duration {
            Duration::ZERO
        }

        fn random(&self) -> f64 {
            0.5
        }
    }

    /// AWS, which nobody calls.
    fn ecs() -> AwsEcs {
        let keys = aws_credential_types::Credentials::new("A", "B", None, None, "test");
        let config = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .region(aws_config::Region::new("eu-west-1"))
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(keys),
            )
            .build();
        AwsEcs::from_sdk_config(config, Timeouts::default()).unwrap()
    }

    fn operator() -> OperatorIdentity {
        OperatorIdentity {
            caller: Caller {
                partition: "aws".into(),
                account: "123456789012".into(),
            },
            region: "eu-west-1".into(),
            cluster_id: "cluster-1".into(),
        }
    }

    #[tokio::test]
    async fn the_state_of_a_malformed_object_that_is_deleted_during_its_report_is_not_kept() {
        for deleted in [false, true] {
            let object: CacheEntry = serde_json::from_value(json!({
                "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressService",
                "metadata": {"name": "shop", "namespace": "team-a", "uid": "u"},
                "spec": 7,
            }))
            .unwrap();
            let (store, mut writer) = reflector::store();
            writer.apply_watcher_event(&WatchEvent::Apply(object.clone()));
            let writer = Arc::new(Mutex::new(writer));
            let gone = WatchEvent::Delete(object.clone());
            // The API server fails, and meanwhile the watch may report the deletion.
            let router = Router::new().fallback(move || {
                if deleted {
                    writer.lock().unwrap().apply_watcher_event(&gone);
                }
                std::future::ready(StatusCode::INTERNAL_SERVER_ERROR)
            });
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let server = tokio::spawn(async move { axum::serve(listener, router).await });
            let client = Client::try_from(Config::new(url.parse().unwrap())).unwrap();
            let kubernetes = Kubernetes::new(client, store);
            let settings = Settings::default();
            let ctx = Context::new(ecs(), kubernetes, Stopped, settings, operator());
            let message = object.malformed().unwrap();
            let requeue = report(&ctx, &object, message).await;
            assert_eq!(requeue == Requeue::AwaitChange, deleted);
            assert_eq!(ctx.states.count(false), usize::from(!deleted), "{deleted}");
            server.abort();
        }
    }
}
