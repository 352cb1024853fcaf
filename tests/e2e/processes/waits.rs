//! Waits for states of the object and for calls of the operator.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    call::{Call, Kind},
    proxy::Held,
    testbed::Testbed,
};
use crate::fixture::{DEADLINE, condition};

const PAUSE: Duration = Duration::from_millis(100);

impl Testbed {
    /// Waits until the object is Ready, its service runs `image` alone, and a further observation has changed nothing.
    pub async fn until_ready(&self, image: &str) -> Result<(), String> {
        self.until("the object to be Ready", |object| {
            let object = object.unwrap_or_default();
            let ready = condition(&object, "Ready").0 == "True"
                && object["status"]["observedGeneration"] == object["metadata"]["generation"];
            let service = self.service_in_ecs().unwrap_or_default();
            let running: Vec<&Value> = service["activeRevisions"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|revision| &revision["image"])
                .collect();
            if ready && service["statusCode"] == "ACTIVE" && running == [image] {
                return Ok(());
            }
            Err(format!(
                "{running:?} runs; {}",
                object["status"]["conditions"]
            ))
        })
        .await
    }

    pub async fn until_gone(&self) -> Result<(), String> {
        self.until("the object to be gone", |object| match object {
            None => Ok(()),
            Some(object) => Err(object["status"]["conditions"].to_string()),
        })
        .await
    }

    /// Waits until the operator watches.
    pub async fn until_watching(&self) -> Result<(), String> {
        let watching = |calls: &[Call]| calls.iter().any(|call| call.kind.is_watch());
        self.until_calls("the watch to start", watching).await
    }

    /// Waits until two operators watch.
    pub async fn until_both_watch(&self) -> Result<(), String> {
        let watches = |calls: &[Call], process| {
            let mut calls = calls.iter().filter(|call| call.process == process);
            calls.any(|call| call.kind.is_watch())
        };
        self.until_calls("two watches", |calls| {
            watches(calls, 0) && watches(calls, 1)
        })
        .await
    }

    /// Waits until an operator process observes once more.
    pub async fn until_observes(&self, process: usize) -> Result<(), String> {
        let observations = |calls: &[Call]| {
            let observe = |call: &&Call| call.process == process && call.kind.is_observation();
            calls.iter().filter(observe).count()
        };
        let before = observations(&self.proxy.calls());
        self.until_calls("an observation", |calls| observations(calls) > before)
            .await
    }

    /// Waits until a write to the API server has failed because there is none.
    pub async fn until_failed_write(&self) -> Result<(), String> {
        let failed = |calls: &[Call]| {
            let mut writes = calls.iter().filter(|call| call.kind.writes_object());
            writes.any(|call| call.status == 502)
        };
        self.until_calls("a failed write", failed).await
    }

    /// Waits for another observation of a service that is left; what it leads to is then counted as well.
    pub async fn until_observed_again(&self) -> Result<(), String> {
        if self.object().await?.is_none() {
            return Ok(());
        }
        let observations = |calls: &[Call]| {
            let observe = |call: &&Call| call.kind.is_observation();
            calls.iter().filter(observe).count()
        };
        // The first one may have begun before.
        let enough = observations(&self.proxy.calls()) + 2;
        self.until_calls("two observations", |calls| observations(calls) >= enough)
            .await
    }

    /// Waits until `check` succeeds with the stored object.
    pub async fn until<T>(
        &self,
        what: &str,
        check: impl Fn(Option<Value>) -> Result<T, String>,
    ) -> Result<T, String> {
        self.until_holds(what, async || check(self.object().await?))
            .await
    }

    /// Waits until the calls of the operator satisfy `check`.
    pub async fn until_calls(
        &self,
        what: &str,
        check: impl Fn(&[Call]) -> bool,
    ) -> Result<(), String> {
        self.until_holds(what, async || {
            let calls = self.proxy.calls();
            check(&calls).then_some(()).ok_or_else(|| summary(&calls))
        })
        .await
    }

    /// Waits until a call is held that the lifecycle is sure to make.
    pub async fn until_held(&self, held: &Held) -> Result<Kind, String> {
        let in_time = tokio::time::timeout(DEADLINE, held.until_held()).await;
        in_time.map_err(|_| {
            let calls = summary(&self.proxy.calls());
            format!("{}: the call to hold was not made: {calls}", self.namespace)
        })
    }

    async fn until_holds<T>(
        &self,
        what: &str,
        check: impl AsyncFn() -> Result<T, String>,
    ) -> Result<T, String> {
        let start = Instant::now();
        loop {
            let is_late = start.elapsed() > DEADLINE;
            match check().await {
                Ok(found) => return Ok(found),
                Err(last_seen) if is_late => {
                    let log = self.log_tail();
                    return Err(format!(
                        "waited in vain for {what}; last seen: {last_seen}\nthe operator's log ends with:\n{log}"
                    ));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

/// The calls, as one line.
pub fn summary(calls: &[Call]) -> String {
    let calls = calls.iter();
    let texts = calls.map(|call| format!("{}:{} {}", call.process, call.kind, call.status));
    texts.collect::<Vec<_>>().join(", ")
}
