//! Access to the API server after the start. An open watch does not notice that permissions were revoked.

use std::time::Duration;

use kube::{Api, api::ListParams};
use tokio::time::{sleep, timeout};

use crate::{controller::watch::cache_entry::CacheEntry, telemetry::health::Health};

/// Pause between two requests.
const PAUSE: Duration = Duration::from_secs(10);
/// How long the API server may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Reports to `health`, until it is dropped, whether the API server lets the operator list objects.
pub(in crate::controller) async fn keep_checking(api: &Api<CacheEntry>, health: &Health) {
    loop {
        sleep(PAUSE).await;
        health.set_kubernetes(list(api).await);
    }
}

/// Requests a list of one object, without its content.
async fn list(api: &Api<CacheEntry>) -> Result<(), String> {
    let one = ListParams::default().limit(1);
    match timeout(ANSWER_TIMEOUT, api.list_metadata(&one)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(kube::Error::Api(status))) if status.is_forbidden() => Err(format!(
            "the operator is not allowed to list expressservices: {}; bind the chart's ClusterRole to its ServiceAccount",
            status.message
        )),
        // The text of kube's error is the debug form of the whole status.
        Ok(Err(kube::Error::Api(status))) => Err(format!(
            "expressservices cannot be listed: {} ({} {}); the operator retries automatically",
            status.message, status.code, status.reason
        )),
        Ok(Err(error)) => Err(format!(
            "the API server cannot be reached: {error}; the operator retries automatically"
        )),
        Err(_) => Err(format!(
            "the API server did not answer within {ANSWER_TIMEOUT:?}; the operator retries automatically"
        )),
    }
}
