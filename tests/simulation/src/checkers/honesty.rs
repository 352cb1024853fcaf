//! I8: each status that says `Ready` is true at the time, and `lastTransitionTime` moves only with the status of its condition.

use std::time::Duration;

use ecs_express_emulator::{DeploymentStatus, ServiceStatus};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{
    Checker, Occurrence, View, Violation,
    configuration::differences,
    truth::{ServiceState, arn_of},
    violated,
};
use crate::kubernetes::api_server::{Stored, Write};

/// How long ago the operator may have observed what it reports: the time of a reconcile.
const RECENTLY: Duration = Duration::from_secs(110);

/// Checks each write of a status.
#[derive(Debug)]
pub struct Honesty;

impl Checker for Honesty {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        let Occurrence::Wrote { key, write, .. } = occurrence else {
            return None;
        };
        let after = write.after.as_ref()?;
        if let Some(violation) = moved(write) {
            return Some(violation);
        }
        if !reports(write, after) {
            return None;
        }
        let arn = arn_of(key, Some(after));
        let from = view.now.saturating_sub(RECENTLY + view.read_lag);
        let states = || view.truth.service_since(&arn, from).flatten();
        let synced_before = write.before.as_deref().is_some_and(is_synced);
        if is_synced(after)
            && !after.is_deleting()
            && !synced_before
            && !states().any(|service| has(after, service))
        {
            return violated(
                "Synced is true only if the service has what the spec says",
                format!("{key}: {}", difference(after, view.truth.service(&arn))),
            );
        }
        if !is_ready(after) {
            return None;
        }
        if after.json["status"]["url"]
            .as_str()
            .is_none_or(str::is_empty)
        {
            return violated("a service that is ready has a URL", key.to_string());
        }
        if states().any(|service| runs(key, after, service, view)) {
            return None;
        }
        violated(
            "Ready is true only if the service runs as the spec says",
            format!("{key}: {}", difference(after, view.truth.service(&arn))),
        )
    }
}

/// Whether the object says that its present generation is ready.
pub fn is_ready(object: &Stored) -> bool {
    object
        .condition("Ready")
        .is_some_and(|ready| ready["status"] == "True")
        && object.json["status"]["observedGeneration"] == object.json["metadata"]["generation"]
}

/// Whether the object says that the service has what its present generation says.
fn is_synced(object: &Stored) -> bool {
    object.condition("Synced").is_some_and(|synced| {
        synced["status"] == "True" && synced["observedGeneration"] == object.generation()
    })
}

/// Whether the service has what the spec says, or ran it before others changed it.
fn has(object: &Stored, service: &ServiceState) -> bool {
    let shown = [&service.newest, &service.steady];
    shown
        .into_iter()
        .flatten()
        .any(|(_, configuration)| unexplained(object, configuration).is_empty())
}

/// Whether the service runs as the spec says, its deployment included. Where drift is only reported, it has to have run so
/// once.
pub fn runs(key: &ObjectKey, object: &Stored, service: &ServiceState, view: &View<'_>) -> bool {
    let reports_only = object.json["spec"]["driftPolicy"] == "Report";
    let steady = service.steady.as_ref();
    let successful = service
        .deployment
        .as_ref()
        .is_some_and(|(target, _, status)| {
            *status == DeploymentStatus::Successful
                || steady.is_some_and(|(steady, _)| steady != target)
        });
    let arn = arn_of(key, Some(object));
    let once = || {
        let mut states = view.truth.service_since(&arn, Duration::ZERO).flatten();
        states.any(|state| has(object, state))
    };
    let fits = steady.is_some_and(|(_, configuration)| {
        unexplained(object, configuration).is_empty() || reports_only && once()
    });
    service.status == ServiceStatus::Active && successful && fits
}

/// Whether a write reports what was observed. The intent of a call, which comes first, leaves Ready as it is.
fn reports(write: &Write, after: &Stored) -> bool {
    let Some(before) = write.before.as_deref() else {
        return true;
    };
    let counter =
        |object: &Stored| object.json["status"]["operatorState"]["intent"]["counter"].clone();
    let changed = before.json["status"] != after.json["status"];
    changed && counter(before) == counter(after)
}

/// The differences between spec and service that the object does not report itself as left in force.
pub fn unexplained(object: &Stored, configuration: &serde_json::Value) -> Vec<String> {
    let left = object
        .condition("Synced")
        .filter(|synced| synced["reason"] == "LeftInForce")
        .and_then(|synced| synced["message"].as_str())
        .unwrap_or_default();
    let mut found = differences(&object.json["spec"], configuration);
    found.retain(|path| !left.contains(&format!("spec.{path}")));
    found
}

fn difference(object: &Stored, service: Option<&ServiceState>) -> String {
    let Some(service) = service else {
        return "there is no service".into();
    };
    let paths = service
        .steady
        .as_ref()
        .or(service.newest.as_ref())
        .map(|(_, configuration)| differences(&object.json["spec"], configuration));
    let deployment = service.deployment.as_ref().map(|(_, _, status)| status);
    format!(
        "{:?}, deployment {deployment:?}, differs in {paths:?}",
        service.status
    )
}

/// A transition time that moved without its condition.
fn moved(write: &Write) -> Option<Violation> {
    let (before, after) = (write.before.as_ref()?, write.after.as_ref()?);
    let conditions = after.json["status"]["conditions"].as_array()?;
    conditions.iter().find_map(|condition| {
        let kind = condition["type"].as_str()?;
        let earlier = before.condition(kind)?;
        let flipped = earlier["status"] != condition["status"];
        let moved = earlier["lastTransitionTime"] != condition["lastTransitionTime"];
        if moved && !flipped && kind != "Reconciling" {
            violated(
                "lastTransitionTime moves only with the status of its condition",
                kind,
            )
        } else {
            None
        }
    })
}
