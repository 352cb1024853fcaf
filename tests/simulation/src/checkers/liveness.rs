//! L1 and L2: once nothing disturbs the operator, each object is as it should be, or gone.

use ecs_express_emulator::{DeploymentStatus, ServiceStatus};
use ecs_express_operator::controller::objects::ObjectKey;

use super::{
    Checker, Occurrence, View, Violation,
    configuration::differences,
    honesty::{is_ready, runs},
    truth::{ACCOUNT, Owner, ServiceState, arn_of},
    violated,
};
use crate::kubernetes::api_server::Stored;

/// Judges the end of a run.
#[derive(Debug)]
pub struct Liveness;

impl Checker for Liveness {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::End => view
                .api
                .objects()
                .find_map(|(key, stored)| judge(key, stored, view)),
            _ => None,
        }
    }
}

fn judge(key: &ObjectKey, stored: &Stored, view: &View<'_>) -> Option<Violation> {
    let arn = arn_of(key, Some(stored));
    if !arn.contains(ACCOUNT) {
        // The object was claimed with credentials of another account, to which it stays bound.
        return None;
    }
    let service = view.truth.service(&arn);
    let ready = stored.condition("Ready");
    let shown = ready.map_or_else(
        || "no Ready condition".to_owned(),
        |ready| {
            format!(
                "Ready={} {}: {}",
                ready["status"], ready["reason"], ready["message"]
            )
        },
    );
    if stored.is_deleting() {
        return violated("a deleted object disappears", format!("{key}: {shown}"));
    }
    if stored.json["spec"]["suspend"] == true {
        return None;
    }
    if is_ready(stored) {
        return match service {
            Some(service) if runs(stored, service) => None,
            _ => violated(
                "an object that says that it is ready is",
                format!("{key}: {shown}"),
            ),
        };
    }
    if excused(key, stored, service) {
        return None;
    }
    violated(
        "an object becomes ready once nothing disturbs it",
        format!("{key}: {shown}"),
    )
}

/// Whether something that the operator must not or cannot change keeps the object from being ready.
fn excused(key: &ObjectKey, stored: &Stored, service: Option<&ServiceState>) -> bool {
    let reports_only = stored.json["spec"]["driftPolicy"] == "Report";
    // A difference that nobody knows to be an edit, and a service that was deleted outside, are only reported.
    if reports_only {
        return true;
    }
    let Some(service) = service.filter(|service| service.is_live()) else {
        return false;
    };
    let foreign = !service.express
        || match &service.owner {
            Owner::Object(owner) => owner != key,
            Owner::Foreign | Owner::Nobody | Owner::Partial => true,
        };
    let failed = service
        .deployment
        .as_ref()
        .is_some_and(|(_, _, status)| !matches!(status, DeploymentStatus::Successful));
    let rolled_back = service.rolled_back.iter().any(|configuration| {
        differences(&stored.json["spec"], configuration)
            .iter()
            .all(|path| path.starts_with("scalingTarget."))
    });
    foreign || failed || rolled_back || service.status == ServiceStatus::Draining
}
