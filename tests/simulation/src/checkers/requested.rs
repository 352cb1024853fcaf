//! What a user asks for happens: a restart and a retry by annotation, the mark of a retained service; and what a user
//! forbids does not: a suspended service stays as it is, and an adoption with differences waits for its confirmation.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{
    CREATE, Checker, DELETE, Occurrence, TAG, UPDATE, View, Violation,
    configuration::{differences, members, rollout_differences},
    honesty::is_ready,
    named_arn,
    truth::{FINALIZER, Owner, ServiceState, arn_of, has_failed},
    violated,
};
use crate::{
    kubernetes::api_server::{Stored, Write},
    request::Request,
    scenario::act::Act,
};

/// How long a reconcile may work with what it has read.
const READ: Duration = Duration::from_secs(110);
/// How long a call may be in progress after its fence.
const FENCE: Duration = Duration::from_secs(6);
/// Annotation that asks for a restart.
const RESTART: &str = "ecs-express.dev/restart";
/// Annotation that asks for another attempt.
const RETRY: &str = "ecs-express.dev/retry";
/// Annotation that confirms an adoption.
const CONFIRM: &str = "ecs-express.dev/adopt-confirm";

/// Remembers what was asked for by annotation.
#[derive(Debug, Default)]
pub struct Requested {
    /// The last restart or retry of each object.
    asked: BTreeMap<ObjectKey, Asked>,
}

#[derive(Debug)]
struct Asked {
    annotation: &'static str,
    value: String,
    /// Whether ECS has accepted an update or a create since. It may answer an update that changes nothing by doing nothing.
    accepted: bool,
    /// The target of the newest deployment at that time. What others deploy later restarts the tasks as well.
    target: Option<String>,
    /// The generation of the object at that time.
    generation: i64,
    /// Whether ECS had then rolled back what the spec says.
    failed: bool,
}

impl Checker for Requested {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Acted(Act::Annotate { object, key, value }) => {
                self.note(*object, key, value, view);
                None
            }
            Occurrence::Sent {
                request:
                    request @ Request::Aws {
                        action,
                        account,
                        body,
                        ..
                    },
                reconciled: Some(key),
                ..
            } if request.changes_aws() => suspended(key, action, view).or_else(|| {
                let arn = named_arn(account, body)?;
                (*action == TAG)
                    .then(|| unconfirmed(key, &arn, view))
                    .flatten()
            }),
            Occurrence::Acted(
                Act::LoseStatus { object }
                | Act::RemoveAnnotations { object }
                | Act::Replace { object, .. },
            ) => {
                // What was asked for before counts as done: the operator cannot know.
                self.asked.remove(view.objects.get(*object)?);
                None
            }
            Occurrence::Served {
                action: UPDATE | CREATE,
                answer: Ok(_),
                reconciled: Some(key),
                ..
            } => {
                self.asked.get_mut(key)?.accepted = true;
                None
            }
            Occurrence::Wrote { key, write, .. } => unmarked(key, write, view),
            Occurrence::End => self
                .asked
                .iter()
                .find_map(|(key, asked)| not_done(key, asked, view)),
            _ => None,
        }
    }
}

impl Requested {
    fn note(&mut self, object: usize, annotation: &'static str, value: &str, view: &View<'_>) {
        if annotation != RESTART && annotation != RETRY {
            return;
        }
        let Some(key) = view.objects.get(object) else {
            return;
        };
        let Some(stored) = view.api.get(key) else {
            return;
        };
        // What an object has when its status is written for the first time counts as done.
        if stored.json["status"]["operatorState"].is_null() {
            return;
        }
        let service = view.truth.service(&arn_of(key, Some(stored)));
        let deployment = service.and_then(|service| service.deployment.as_ref());
        let asked = Asked {
            annotation,
            value: value.to_owned(),
            accepted: false,
            target: deployment.map(|(target, ..)| target.clone()),
            generation: stored.generation(),
            failed: deployment.is_some_and(|(_, target, status)| {
                has_failed(*status) && rollout_differences(&stored.json["spec"], target).is_empty()
            }),
        };
        self.asked.insert(key.clone(), asked);
    }
}

/// A restart, or the retry of what was rolled back, makes a new deployment, and the status says that it is done.
fn not_done(key: &ObjectKey, asked: &Asked, view: &View<'_>) -> Option<Violation> {
    let stored = view.api.get(key)?;
    let is_current = stored.annotation(asked.annotation) == Some(&asked.value);
    let ignored = asked.failed && !asked.accepted && asked.generation == stored.generation();
    let suspended = stored.json["spec"]["suspend"] == true;
    if !is_current || stored.is_deleting() || suspended || !is_ready(stored) && !ignored {
        return None;
    }
    if view.truth.is_refused(key, stored) {
        return None;
    }
    let service = view.truth.service(&arn_of(key, Some(stored)))?;
    if service.owner != Owner::Object(key.clone()) {
        return None;
    }
    let done = &stored.json["status"]["operatorState"];
    let recorded = match asked.annotation {
        RESTART => done["restart"] == *asked.value,
        _ => !asked.failed || done["retry"] == *asked.value,
    };
    let is_due = asked.annotation == RESTART || asked.failed;
    let target = service.deployment.as_ref().map(|(target, ..)| target);
    let deployed = asked.accepted || target != asked.target.as_ref();
    if recorded && (deployed || !is_due) {
        return None;
    }
    violated(
        "a restart or retry that a user asks for is made",
        format!(
            "{key}: {}={}, accepted: {}, status {done}",
            asked.annotation, asked.value, asked.accepted
        ),
    )
}

/// Nothing is changed for a suspended object, except that it may be deleted.
fn suspended(key: &ObjectKey, action: &str, view: &View<'_>) -> Option<Violation> {
    let from = view.now.saturating_sub(FENCE);
    let is_suspended = |object: &Stored| object.json["spec"]["suspend"] == true;
    let mut versions = view.truth.object_since(key, from).peekable();
    versions.peek()?;
    let deleting = view.api.get(key).is_some_and(|stored| stored.is_deleting());
    if deleting && (action == DELETE || action == TAG) || !versions.all(is_suspended) {
        return None;
    }
    violated(
        "nothing is changed for a suspended object",
        format!("{key}: {action}"),
    )
}

/// An adoption that would change the service needs its confirmation.
fn unconfirmed(key: &ObjectKey, arn: &str, view: &View<'_>) -> Option<Violation> {
    let from = view.now.saturating_sub(READ + view.read_lag);
    if view
        .truth
        .object_since(key, from)
        .any(|object| is_confirmed(key, object, view))
    {
        return None;
    }
    let differs = |service: &ServiceState| {
        let unowned = service.owner == Owner::Nobody && !view.truth.has_owned(key, service);
        let shown = service.newest.as_ref();
        let all = |object: &Stored| {
            shown.is_some_and(|(_, shown)| !differences(&object.json["spec"], shown).is_empty())
                || replaces_tags(object, service)
        };
        unowned && view.truth.object_since(key, from).all(all)
    };
    let mut states = view.truth.service_since(arn, from).flatten().peekable();
    if states.peek().is_none() || !states.all(differs) {
        return None;
    }
    violated(
        "an adoption that changes the service waits for its confirmation",
        key.to_string(),
    )
}

/// Whether the object carries the hash that its status showed for this very generation.
fn is_confirmed(key: &ObjectKey, object: &Stored, view: &View<'_>) -> bool {
    let Some(hash) = object.annotation(CONFIRM) else {
        return false;
    };
    let shows = |version: &Stored| {
        let ready = version.condition("Ready");
        let message = ready.and_then(|ready| ready["message"].as_str());
        // Policies and new tags are no part of what is confirmed.
        let same = members(&version.json["spec"]) == members(&object.json["spec"]);
        same && message.is_some_and(|message| message.contains(hash))
    };
    view.truth.object_since(key, Duration::ZERO).any(shows)
}

/// Whether a tag of the spec has another value on the service.
fn replaces_tags(object: &Stored, service: &ServiceState) -> bool {
    let mut tags = object.json["spec"]["tags"].as_array().into_iter().flatten();
    tags.any(|tag| {
        let present = service.tags.get(tag["key"].as_str().unwrap_or_default());
        present.is_some_and(|value| value != tag["value"].as_str().unwrap_or_default())
    })
}

/// A retained service carries the mark of a released one when its object is gone, unless ECS refused the mark.
fn unmarked(key: &ObjectKey, write: &Write, view: &View<'_>) -> Option<Violation> {
    let before = write.before.as_ref()?;
    let after = write.after.as_ref();
    let released = before.has_finalizer(FINALIZER)
        && after.is_none_or(|after| !after.has_finalizer(FINALIZER));
    let retains = before.is_deleting() && before.json["spec"]["deletionPolicy"] == "Retain";
    if !released || !retains || view.disturbed {
        return None;
    }
    let arn = arn_of(key, Some(before));
    let owned = |service: &ServiceState| {
        service.is_live() && service.owner == Owner::Object(key.clone()) && !service.released
    };
    let from = view.now.saturating_sub(READ + view.read_lag);
    let mut states = view.truth.service_since(&arn, from).flatten().peekable();
    if states.peek().is_none() || !states.all(owned) {
        return None;
    }
    violated(
        "a retained service is marked as released",
        format!("{key}: {arn}"),
    )
}
