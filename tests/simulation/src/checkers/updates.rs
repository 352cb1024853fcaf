//! I4 and I6: no update without a difference, none from an older spec, and none that sends again what was rolled back.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_emulator::DeploymentStatus;
use ecs_express_operator::controller::objects::ObjectKey;
use serde_json::Value;

use super::{
    Checker, Occurrence, UPDATE, View, Violation,
    configuration::{differences, members},
    named_arn,
    truth::ServiceState,
    violated,
};
use crate::{kubernetes::api_server::Stored, request::Request, scenario::act::Act};

/// How old the spec of an update may be: the fence's age, and the time of its answer.
const FENCE: Duration = Duration::from_secs(6);
/// How long a reconcile may work with what it has read.
const READ: Duration = Duration::from_secs(110);

/// Remembers what users asked for.
#[derive(Debug, Default)]
pub struct Updates {
    /// When a user last changed the object in a way that may ask for an update.
    asked: BTreeMap<ObjectKey, Duration>,
}

impl Checker for Updates {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Acted(act) => {
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
                ..
            } => {
                let arn = named_arn(account, body)?;
                no_difference(key, &arn, body, view)
                    .or_else(|| outdated(key, body, view))
                    .or_else(|| self.rolled_back(key, &arn, body, view))
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
        let newest = service.newest.as_ref();
        newest.is_some_and(|(_, configuration)| {
            differences(body, configuration).is_empty() && !removes_groups(body, configuration)
        })
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

impl Updates {
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
                    ended && rollout_members(&differences(body, target)).is_empty()
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
        let unasked = any && all && asked < from || answered().unwrap_or_default();
        // Scaling alone may be sent while the rest is rolled back.
        let scaling_alone = members(body)
            .keys()
            .all(|path| path.starts_with("scalingTarget."));
        if unasked && !scaling_alone {
            return violated(
                "what was rolled back is not sent again unasked",
                format!("{key}: {:?}", members(body).keys()),
            );
        }
        None
    }
}

fn rollout_members(paths: &[String]) -> Vec<&String> {
    let scaling = |path: &&String| !path.starts_with("scalingTarget.");
    paths.iter().filter(scaling).collect()
}
