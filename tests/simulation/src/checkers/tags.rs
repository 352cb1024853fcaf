//! The tags of a service: the operator sets those of the spec and its own, removes only what the spec no longer has, and
//! leaves the tags of others alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use ecs_express_operator::controller::objects::ObjectKey;
use serde_json::Value;

use super::{
    Checker, Occurrence, TAG, UNTAG, View, Violation,
    honesty::is_ready,
    named_arn,
    truth::{CLUSTER_ID, Owner, ServiceState, UID, arn_of},
    violated,
};
use crate::{kubernetes::api_server::Stored, request::Request, scenario::act::Act};

/// How long a reconcile may work with what it has read.
const READ: Duration = Duration::from_secs(110);
/// Prefix of the owner tags.
const OWNER_TAGS: &str = "ecs-express.dev/";

/// Judges each call that changes tags, and the tags at the end.
#[derive(Debug, Default)]
pub struct Tags {
    /// Objects whose tags others have changed, or whose status was lost.
    disturbed: BTreeSet<ObjectKey>,
}

impl Checker for Tags {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Sent {
                request:
                    Request::Aws {
                        action: action @ (TAG | UNTAG),
                        account,
                        body,
                        ..
                    },
                reconciled: Some(key),
                ..
            } => {
                let arn = named_arn(account, body)?;
                unasked(key, action, body, view).or_else(|| unneeded(key, &arn, body, view))
            }
            Occurrence::Acted(act) => {
                self.note(act, view);
                None
            }
            Occurrence::End => view
                .api
                .objects()
                .find_map(|(key, stored)| self.incomplete(key, stored, view)),
            _ => None,
        }
    }
}

/// The tags of a spec.
fn of_spec(object: &Stored) -> BTreeMap<String, String> {
    let tags = object.json["spec"]["tags"].as_array();
    pairs(tags.into_iter().flatten())
}

fn pairs<'a>(tags: impl Iterator<Item = &'a Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    tags.map(|tag| (text(&tag["key"]), text(&tag["value"])))
        .collect()
}

/// The owner tags of an object; the UID is not compared.
fn owner_tags(key: &ObjectKey) -> [(String, String); 3] {
    [
        ("cluster-id", CLUSTER_ID),
        ("namespace", &key.namespace),
        ("name", &key.name),
    ]
    .map(|(name, value)| (format!("{OWNER_TAGS}{name}"), value.to_owned()))
}

/// Each tag that a call sets is one of the object's, and each that it removes was one.
fn unasked(key: &ObjectKey, action: &str, body: &Value, view: &View<'_>) -> Option<Violation> {
    let from = view.now.saturating_sub(READ);
    let foreign = if action == TAG {
        let sent = pairs(body["tags"].as_array().into_iter().flatten());
        let own: BTreeMap<_, _> = owner_tags(key).into();
        let asked = |(name, value): (&String, &String)| {
            name == UID
                || own.get(name) == Some(value)
                || view
                    .truth
                    .object_since(key, from)
                    .any(|object| of_spec(object).get(name) == Some(value))
        };
        sent.iter()
            .find(|tag| !asked(*tag))
            .map(|(name, _)| name.clone())
    } else {
        let keys = body["tagKeys"].as_array().into_iter().flatten();
        let once: BTreeSet<_> = view
            .truth
            .object_since(key, Duration::ZERO)
            .flat_map(|object| of_spec(object).into_keys())
            .collect();
        let wanted = |name: &str| {
            view.truth
                .object_since(key, from)
                .all(|object| of_spec(object).contains_key(name))
        };
        keys.filter_map(Value::as_str)
            .find(|name| !once.contains(*name) || wanted(name))
            .map(str::to_owned)
    };
    let name = foreign?;
    violated(
        "only the tags of the object are set, and only those that its spec no longer has are removed",
        format!("{key}: {action} {name}"),
    )
}

/// A call that changes tags changes something.
fn unneeded(key: &ObjectKey, arn: &str, body: &Value, view: &View<'_>) -> Option<Violation> {
    let from = view.now.saturating_sub(READ + view.read_lag);
    let set = pairs(body["tags"].as_array().into_iter().flatten());
    let removed: Vec<_> = body["tagKeys"].as_array().into_iter().flatten().collect();
    let changes = |service: &ServiceState| {
        let differs = set
            .iter()
            .any(|(name, value)| service.tags.get(name) != Some(value));
        let removes = removed
            .iter()
            .any(|name| service.tags.contains_key(name.as_str().unwrap_or_default()));
        differs || removes
    };
    let mut states = view.truth.service_since(arn, from).flatten().peekable();
    if states.peek().is_none() || states.any(changes) {
        return None;
    }
    violated("tags are changed only where they differ", key.to_string())
}

impl Tags {
    fn note(&mut self, act: &Act, view: &View<'_>) {
        let object = match act {
            Act::LoseStatus { object } | Act::Replace { object, .. } => *object,
            Act::Aws(change) if !change["tag"].is_null() || !change["untag"].is_null() => {
                self.disturbed.extend(view.objects.iter().cloned());
                return;
            }
            _ => return,
        };
        self.disturbed.extend(view.objects.get(object).cloned());
    }

    /// At the end, a service has the tags of its object, and none that its spec once had and has no longer.
    fn incomplete(&self, key: &ObjectKey, stored: &Stored, view: &View<'_>) -> Option<Violation> {
        let service = view.truth.service(&arn_of(key, Some(stored)))?;
        if !is_ready(stored) || service.owner != Owner::Object(key.clone()) {
            return None;
        }
        let spec = &stored.json["spec"];
        let disturbed = self.disturbed.contains(key);
        if spec["driftPolicy"] == "Report" && disturbed || spec["suspend"] == true {
            return None;
        }
        let spec = of_spec(stored);
        let missing = spec
            .iter()
            .find(|(name, value)| service.tags.get(*name) != Some(value));
        if let Some((name, _)) = missing {
            return violated(
                "a service has the tags of its object in the end",
                format!("{key}: {name}"),
            );
        }
        if service.tags.get(UID).map(String::as_str) != Some(stored.uid()) {
            return violated(
                "a service names the UID of its object in the end",
                format!("{key}: {:?}", service.tags.get(UID)),
            );
        }
        let once = view
            .truth
            .object_since(key, Duration::ZERO)
            .filter(|object| object.uid() == stored.uid())
            .flat_map(|object| of_spec(object).into_keys());
        let wanted = of_spec(stored);
        let mut left = once.filter(|name| !wanted.contains_key(name));
        match left.find(|name| service.tags.contains_key(name)) {
            Some(name) if !disturbed => violated(
                "a tag that the spec no longer has is removed in the end",
                format!("{key}: {name}"),
            ),
            _ => None,
        }
    }
}
