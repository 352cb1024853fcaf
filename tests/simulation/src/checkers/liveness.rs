//! L1 and L2: once nothing disturbs the operator, each object is as it should be, or gone. Where something that the
//! operator must not or cannot change keeps an object from being ready, its condition says so.

use std::{collections::BTreeSet, time::Duration};

use ecs_express_emulator::{DeploymentStatus, ServiceStatus};
use ecs_express_operator::controller::objects::ObjectKey;

use super::{
    Checker, Occurrence, View, Violation,
    configuration::rollout_differences,
    honesty::{is_ready, runs},
    truth::{ACCOUNT, Owner, ServiceState, arn_of, has_failed},
    violated,
};
use crate::{kubernetes::api_server::Stored, scenario::act::Act};

/// Judges the end of a run.
#[derive(Debug, Default)]
pub struct Liveness {
    /// Objects whose status or identity was lost, so that nobody knows what belongs to them and what was edited.
    forgotten: BTreeSet<ObjectKey>,
    /// The services that others have changed, by name; all of them if it was a role.
    others_acted: BTreeSet<String>,
}

/// Stands for all services.
const EVERY: &str = "*";

/// What keeps an object from being ready, although nothing is wrong with the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Obstacle {
    /// The service does not belong to the object.
    NotOwned,
    /// ECS has rolled back, or stopped, the deployment of what the spec says.
    RolledBack,
    /// The deployment does not end.
    Unending,
    /// ECS refuses what the spec says.
    Refused,
    /// The difference, or the deletion of the service, is only reported.
    OnlyReported,
}

impl Obstacle {
    /// The reasons that the Ready condition may give.
    fn reasons(self) -> &'static [&'static str] {
        match self {
            Self::NotOwned => &["NotOwned", "AdoptionNotConfirmed", "Adopting"],
            Self::RolledBack => &["RolledBack", "ProgressDeadlineExceeded", "Drifted"],
            Self::Unending => &[
                "ProgressDeadlineExceeded",
                "ManagedResourceFailed",
                "Refused",
                "RolledBack",
                "Drifted",
                "Waiting",
            ],
            Self::Refused => &[
                "InvalidParameter",
                "Refused",
                "NotConverging",
                "Waiting",
                "ServiceDeleted",
                "Drifted",
            ],
            Self::OnlyReported => &["RolledBack", "Drifted", "ServiceDeleted"],
        }
    }
}

impl Checker for Liveness {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Acted(act) => {
                self.note(act, view);
                None
            }
            Occurrence::End => view
                .api
                .objects()
                .find_map(|(key, stored)| self.judge(key, stored, view)),
            _ => None,
        }
    }
}

/// A part of the status that is about an earlier generation.
fn outdated(stored: &Stored) -> Option<String> {
    let generation = stored.generation();
    let status = &stored.json["status"];
    if status["observedGeneration"] != generation {
        return Some("status.observedGeneration".into());
    }
    let mut conditions = status["conditions"].as_array().into_iter().flatten();
    conditions
        .find(|condition| condition["observedGeneration"] != generation)
        .map(|condition| condition["type"].to_string())
}

impl Liveness {
    fn note(&mut self, act: &Act, view: &View<'_>) {
        match act {
            Act::LoseStatus { object }
            | Act::RemoveAnnotations { object }
            | Act::Replace { object, .. } => {
                self.forgotten.extend(view.objects.get(*object).cloned());
            }
            Act::Aws(change) => {
                let service = change["service"].as_str().unwrap_or(EVERY);
                self.others_acted.insert(service.to_owned());
            }
            Act::Call { body, .. } => {
                let service = body["serviceName"].as_str().unwrap_or(EVERY);
                self.others_acted.insert(service.to_owned());
            }
            _ => {}
        }
    }

    fn judge(&self, key: &ObjectKey, stored: &Stored, view: &View<'_>) -> Option<Violation> {
        let arn = arn_of(key, Some(stored));
        let known = stored.json["status"]["operatorState"]["service"]["arn"].as_str();
        if !arn.contains(ACCOUNT) || known.is_some_and(|known| !known.contains(ACCOUNT)) {
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
        if let Some(part) = outdated(stored) {
            return violated(
                "the status is about the present generation in the end",
                format!("{key}: {part}"),
            );
        }
        if is_ready(stored) {
            let owned = |service: &ServiceState| service.owner == Owner::Object(key.clone());
            return match service {
                Some(service) if runs(key, stored, service, view) && owned(service) => None,
                _ => violated(
                    "an object that says that it is ready is",
                    format!("{key}: {shown}: {service:?}"),
                ),
            };
        }
        let Some(obstacle) = self.obstacle(key, stored, service, view) else {
            return violated(
                "an object becomes ready once nothing disturbs it",
                format!("{key}: {shown}"),
            );
        };
        let reason = ready.and_then(|ready| ready["reason"].as_str());
        if reason.is_some_and(|reason| obstacle.reasons().contains(&reason)) {
            return None;
        }
        violated(
            "an object that cannot become ready says why",
            format!("{key}: {obstacle:?}, but it shows {shown}"),
        )
    }

    fn obstacle(
        &self,
        key: &ObjectKey,
        stored: &Stored,
        service: Option<&ServiceState>,
        view: &View<'_>,
    ) -> Option<Obstacle> {
        let refused = view.truth.is_refused(key, stored);
        // A new object of the name cannot know what the former one applied.
        let recreated = view
            .truth
            .object_since(key, Duration::ZERO)
            .any(|object| object.uid() != stored.uid());
        let name = arn_of(key, Some(stored));
        let name = name.rsplit('/').next().unwrap_or_default();
        let others_acted = self.others_acted.contains(name) || self.others_acted.contains(EVERY);
        let reported = stored.json["spec"]["driftPolicy"] == "Report"
            && (others_acted || self.forgotten.contains(key) || recreated);
        let Some(service) = service.filter(|service| service.is_live()) else {
            return if refused {
                Some(Obstacle::Refused)
            } else {
                reported.then_some(Obstacle::OnlyReported)
            };
        };
        if !self.belongs(key, service, view) {
            return Some(Obstacle::NotOwned);
        }
        if refused {
            return Some(Obstacle::Refused);
        }
        if let Some((_, target, status)) = &service.deployment {
            // Where it is not known what was applied, a failed deployment is taken for the object's own.
            let applied = &stored.json["status"]["operatorState"]["lastApplied"];
            let present =
                rollout_differences(&stored.json["spec"], target).is_empty() || applied.is_null();
            if has_failed(*status) && present {
                return Some(Obstacle::RolledBack);
            }
            if *status == DeploymentStatus::InProgress && view.settled {
                return Some(Obstacle::Unending);
            }
        }
        // What replaced it was rolled back, so that nothing says how far ECS had come.
        let last_failed = service
            .deployment
            .as_ref()
            .is_some_and(|(.., status)| has_failed(*status));
        let replaced = service.replaced.iter().filter(|_| last_failed);
        let rolled_back = service.failed.iter().chain(replaced).any(|configuration| {
            rollout_differences(&stored.json["spec"], configuration).is_empty()
        });
        if rolled_back {
            return Some(Obstacle::RolledBack);
        }
        if service.status == ServiceStatus::Draining && view.settled {
            return Some(Obstacle::Unending);
        }
        reported.then_some(Obstacle::OnlyReported)
    }

    /// Whether the object owns the service, or would if its tags were not lost.
    fn belongs(&self, key: &ObjectKey, service: &ServiceState, view: &View<'_>) -> bool {
        if !service.express {
            return false;
        }
        match &service.owner {
            Owner::Object(owner) => owner == key,
            Owner::Foreign => false,
            Owner::Nobody | Owner::Partial { .. } => {
                let known =
                    |object: &Stored| !object.json["status"]["operatorState"]["service"].is_null();
                let uid = view.api.get(key).map(|stored| stored.uid().to_owned());
                let mut versions = view
                    .truth
                    .object_since(key, Duration::ZERO)
                    .filter(|object| Some(object.uid()) == uid.as_deref());
                service.owner.fits(key)
                    && !self.forgotten.contains(key)
                    && view.truth.has_owned(key, service)
                    && versions.any(known)
            }
        }
    }
}
