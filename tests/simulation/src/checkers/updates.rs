//! I4 and I6: no update without a difference, none from an older spec, and none that sends again what was rolled back.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_emulator::DeploymentStatus;
use ecs_express_operator::controller::objects::ObjectKey;
use serde_json::Value;

use super::{
    Checker, Occurrence, UPDATE, View, Violation,
    configuration::{differences, is_scaling, members, rollout_differences},
    named_arn,
    truth::{ServiceState, has_failed},
    violated,
};
use crate::{
    kubernetes::api_server::Stored, process::ProcessId, request::Request, scenario::act::Act,
};

/// How old the spec of an update may be: the fence's age, and the time of its answer.
const FENCE: Duration = Duration::from_secs(6);
/// How long a reconcile may work with what it has read.
const READ: Duration = Duration::from_secs(110);

/// How long an update whose answer is unknown may take to be seen.
const SETTLE_WINDOW: Duration = Duration::from_secs(120);

/// Remembers what users asked for, and what was sent.
#[derive(Debug, Default)]
pub struct Updates {
    /// When the last intent of an object was lost with its status.
    forgotten: BTreeMap<ObjectKey, Duration>,
    /// The last update of a service that ECS accepted.
    accepted: BTreeMap<String, Accepted>,
    /// The last update of a service by any process, while its result is not known.
    unanswered: BTreeMap<String, Unanswered>,
    /// When a user last changed the object in a way that may ask for an update.
    asked: BTreeMap<ObjectKey, Duration>,
}

/// An update that ECS has accepted.
#[derive(Debug)]
struct Accepted {
    body: Value,
    at: Duration,
    newest: Option<String>,
}

#[derive(Debug)]
struct Unanswered {
    uid: Option<String>,
    body: Value,
    at: Duration,
    process: ProcessId,
}

impl Checker for Updates {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Acted(act) => {
                if let Act::LoseStatus { object } = act
                    && let Some(key) = view.objects.get(*object)
                {
                    self.forgotten.insert(key.clone(), view.now);
                }
                if let Some(object) = asks(act)
                    && let Some(key) = view.objects.get(object)
                {
                    self.asked.insert(key.clone(), view.now);
                }
                None
            }
            Occurrence::Sent {
                request:
                    Request::Aws {
                        action: UPDATE,
                        account,
                        body,
                        ..
                    },
                reconciled: Some(key),
                process,
            } => {
                let arn = named_arn(account, body)?;
                let violation = no_difference(key, &arn, body, view)
                    .or_else(|| outdated(key, body, view))
                    .or_else(|| self.rolled_back(key, &arn, body, view))
                    .or_else(|| self.repeated(key, &arn, body, view))
                    .or_else(|| self.accepted_already(key, &arn, body, view));
                let sent = Unanswered {
                    uid: view.api.get(key).map(|stored| stored.uid().to_owned()),
                    body: body.clone(),
                    at: view.now,
                    process: *process,
                };
                self.unanswered.insert(arn, sent);
                violation
            }
            Occurrence::Served {
                action: UPDATE,
                account,
                body,
                answer: Ok(_),
                ..
            } => {
                let arn = named_arn(account, body)?;
                let newest = view.truth.service(&arn).and_then(newest_arn);
                let accepted = Accepted {
                    body: (*body).clone(),
                    at: view.now,
                    newest,
                };
                self.accepted.insert(arn, accepted);
                None
            }
            Occurrence::Answered {
                process,
                action: UPDATE,
                account,
                body,
                definite: true,
                ..
            } => {
                let arn = named_arn(account, body)?;
                let own = |sent: &Unanswered| sent.process == *process && sent.body == **body;
                if self.unanswered.get(&arn).is_some_and(own) {
                    self.unanswered.remove(&arn);
                }
                None
            }
            _ => None,
        }
    }
}

/// The object that an act changes so that an update may follow.
fn asks(act: &Act) -> Option<usize> {
    match act {
        Act::Apply { object, .. }
        | Act::Replace { object, .. }
        | Act::Annotate { object, .. }
        | Act::ConfirmAdoption { object } => Some(*object),
        _ => None,
    }
}

/// What ECS has accepted already is not sent again, unless a restart is asked for.
fn no_difference(key: &ObjectKey, arn: &str, body: &Value, view: &View<'_>) -> Option<Violation> {
    let from = view.now.saturating_sub(READ + view.read_lag);
    let restart = view.truth.object_since(key, from).any(restart_open);
    if restart {
        return None;
    }
    let mut states = view.truth.service_since(arn, from).flatten();
    let same = |service: &ServiceState| {
        let Some((newest, configuration)) = &service.newest else {
            return false;
        };
        // What ECS lost, or did not keep, is not in force.
        let failed = service
            .deployment
            .as_ref()
            .is_some_and(|(target, _, status)| has_failed(*status) && target == newest);
        !service.lost
            && !failed
            && differences(body, configuration).is_empty()
            && !removes_groups(body, configuration)
    };
    let mut any = false;
    let all = states.all(|service| {
        any = true;
        same(service)
    });
    if any && all {
        return violated(
            "no update is sent without a difference",
            format!("{key}: {:?}", members(body).keys()),
        );
    }
    None
}

/// Whether an update takes away security groups, of which one is ECS's own.
fn removes_groups(body: &Value, configuration: &Value) -> bool {
    let groups = |document: &Value| {
        let groups = &document["networkConfiguration"]["securityGroups"];
        groups.as_array().map(Vec::len)
    };
    let (sent, present) = (groups(body), groups(configuration));
    sent.zip(present)
        .is_some_and(|(sent, present)| sent + 1 < present)
}

/// Whether a restart or retry was asked for and is not recorded as done.
fn restart_open(object: &Stored) -> bool {
    let asked = object.annotation("ecs-express.dev/restart");
    asked.is_some() && object.json["status"]["operatorState"]["restart"].as_str() != asked
        || object.annotation("ecs-express.dev/retry").is_some()
}

/// The spec from which the update was made was current when it was fenced.
fn outdated(key: &ObjectKey, body: &Value, view: &View<'_>) -> Option<Violation> {
    let from = view.now.saturating_sub(FENCE);
    let mut missing = Vec::new();
    for object in view.truth.object_since(key, from) {
        let spec = members(&object.json["spec"]);
        let sent = members(body);
        missing = sent
            .iter()
            .filter(|(path, value)| spec.get(*path).is_some_and(|wanted| wanted != *value))
            .map(|(path, _)| path.clone())
            .collect();
        if missing.is_empty() {
            return None;
        }
    }
    violated(
        "no spec is sent that was not current within the age of a fence",
        format!("{key}: {missing:?}"),
    )
}

fn newest_arn(service: &ServiceState) -> Option<String> {
    service.newest.as_ref().map(|(arn, _)| arn.clone())
}

impl Updates {
    /// An update that ECS accepted a short time ago is not sent again while nothing has replaced it.
    fn accepted_already(
        &self,
        key: &ObjectKey,
        arn: &str,
        body: &Value,
        view: &View<'_>,
    ) -> Option<Violation> {
        let last = self.accepted.get(arn)?;
        let waited = view.now.saturating_sub(last.at);
        let service = view.truth.service(arn)?;
        let replaced = newest_arn(service) != last.newest
            || service
                .deployment
                .as_ref()
                .is_some_and(|(target, _, status)| {
                    has_failed(*status) && Some(target) == last.newest.as_ref()
                });
        let forgotten = self.forgotten.get(key).is_some_and(|at| *at >= last.at);
        let asked = view.truth.object_since(key, last.at).any(restart_open);
        if last.body != *body || waited >= SETTLE_WINDOW || replaced || forgotten || asked {
            return None;
        }
        violated(
            "an accepted update is not sent again before its effect can be seen",
            format!("{arn}: only {waited:?} after the first"),
        )
    }

    /// An update whose result is not known may still take effect, or have taken effect, and is not sent a second time
    /// before that can be seen.
    fn repeated(
        &self,
        key: &ObjectKey,
        arn: &str,
        body: &Value,
        view: &View<'_>,
    ) -> Option<Violation> {
        let last = self.unanswered.get(arn)?;
        let waited = view.now.saturating_sub(last.at);
        let uid = view.api.get(key).map(|stored| stored.uid());
        let forgotten =
            self.forgotten.get(key).is_some_and(|at| *at >= last.at) || last.uid.as_deref() != uid;
        if last.body != *body || waited >= SETTLE_WINDOW || forgotten {
            return None;
        }
        // Somebody has changed the service since, which may be undone.
        let newest = |service: Option<&ServiceState>| service?.newest.clone().map(|(arn, _)| arn);
        let mut states = view.truth.service_since(arn, last.at).map(newest);
        let first = states.next()?;
        if states.any(|state| state != first) {
            return None;
        }
        violated(
            "an update whose result is not known is not repeated before its effect can be seen",
            format!("{arn}: only {waited:?} after the first"),
        )
    }

    /// What was rolled back is sent again only if a user asks for it.
    fn rolled_back(
        &self,
        key: &ObjectKey,
        arn: &str,
        body: &Value,
        view: &View<'_>,
    ) -> Option<Violation> {
        let from = view.now.saturating_sub(READ + view.read_lag);
        let asked = self.asked.get(key).copied().unwrap_or_default();
        let failed = |service: &ServiceState| {
            service
                .deployment
                .as_ref()
                .is_some_and(|(_, target, status)| {
                    let ended = matches!(
                        status,
                        DeploymentStatus::RollbackSuccessful | DeploymentStatus::RollbackFailed
                    );
                    ended && rollout_differences(body, target).is_empty()
                })
        };
        // What was asked for has been deployed since then, and was rolled back.
        let answered = || {
            let service = view.truth.service(arn)?;
            let before = view.truth.service_since(arn, asked).next()??;
            let target = |service: &ServiceState| {
                let deployment = service.deployment.as_ref();
                deployment.map(|(target, ..)| target.clone())
            };
            Some(failed(service) && target(before) != target(service))
        };
        let mut states = view.truth.service_since(arn, from).flatten();
        let mut any = false;
        let all = states.all(|service| {
            any = true;
            failed(service)
        });
        let open = view.api.get(key).is_some_and(|object| {
            let asked = object.annotation("ecs-express.dev/restart");
            asked.is_some() && object.json["status"]["operatorState"]["restart"].as_str() != asked
        });
        let unasked = !open && (any && all && asked < from || answered().unwrap_or_default());
        // Scaling alone may be sent while the rest is rolled back.
        let scaling_alone = members(body).keys().all(|path| is_scaling(path));
        if unasked && !scaling_alone {
            return violated(
                "what was rolled back is not sent again unasked",
                format!("{key}: {:?}", members(body).keys()),
            );
        }
        None
    }
}
