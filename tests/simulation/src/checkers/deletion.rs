//! I3 and I5: no service outlives its object, and nothing is destroyed from ignorance.

use std::{collections::BTreeSet, time::Duration};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{
    CREATE, Checker, DELETE, Occurrence, View, Violation,
    truth::{FINALIZER, Owner, ServiceState, arn_of},
    violated,
};
use crate::{
    kubernetes::api_server::{Stored, Write},
    request::Request,
    scenario::act::Act,
};

const RECENTLY: Duration = Duration::from_secs(30);

/// Remembers for which objects a service may remain.
#[derive(Debug, Default)]
pub struct Deletion {
    /// Objects that were deleted with `Retain`, or whose finalizer somebody else removed.
    may_remain: BTreeSet<ObjectKey>,
}

impl Checker for Deletion {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Sent {
                request: Request::Aws { action: DELETE, .. },
                reconciled: Some(key),
                ..
            } => {
                let from = view.now.saturating_sub(RECENTLY);
                let retains = |object: &Stored| object.json["spec"]["deletionPolicy"] == "Retain";
                if view.truth.object_since(key, from).all(retains) {
                    return violated("a retained service is not deleted", key.to_string());
                }
                let mut versions = view.truth.object_since(key, from);
                if versions.any(Stored::is_deleting) {
                    return None;
                }
                violated(
                    "a service is deleted only if the deletion of its object was requested",
                    key.to_string(),
                )
            }
            Occurrence::Wrote { key, write, .. } => self.released(key, write, view),
            // What a new object makes is its own.
            Occurrence::Served {
                action: CREATE,
                answer: Ok(_),
                reconciled: Some(key),
                ..
            } => {
                if view.api.get(key).is_some() {
                    self.may_remain.remove(*key);
                }
                None
            }
            // Somebody else removed the finalizer before the deletion or after it.
            Occurrence::Acted(Act::Replace { object, .. } | Act::Delete { object }) => {
                let unguarded =
                    |stored: &Stored| stored.is_deleting() && !stored.has_finalizer(FINALIZER);
                if let Some(key) = view.objects.get(*object)
                    && view.api.get(key).is_none_or(|stored| unguarded(stored))
                {
                    self.may_remain.insert(key.clone());
                }
                None
            }
            Occurrence::End => self.outlives(view),
            _ => None,
        }
    }
}

/// Whether a service is that of an object: by its tags, or, where they are lost, because the object recorded it.
fn belongs(key: &ObjectKey, object: &Stored, service: &ServiceState, view: &View<'_>) -> bool {
    let known = &object.json["status"]["operatorState"]["service"];
    match &service.owner {
        Owner::Object(owner) => owner == key,
        Owner::Foreign => false,
        Owner::Nobody | Owner::Partial { .. } => {
            service.owner.fits(key)
                && known["arn"] == arn_of(key, Some(object))
                && view.truth.has_owned(key, service)
        }
    }
}

/// A finalizer of somebody else that a write removed.
fn lost_finalizer(before: &Stored, write: &Write) -> Option<String> {
    let finalizers = before.json["metadata"]["finalizers"].as_array();
    let mut others = finalizers
        .into_iter()
        .flatten()
        .filter_map(|finalizer| finalizer.as_str())
        .filter(|finalizer| *finalizer != FINALIZER);
    let kept = |finalizer: &str| {
        let after = write.after.as_ref();
        after.is_some_and(|after| after.has_finalizer(finalizer))
    };
    others.find(|finalizer| !kept(finalizer)).map(str::to_owned)
}

impl Deletion {
    /// The operator removed its finalizer.
    fn released(&mut self, key: &ObjectKey, write: &Write, view: &View<'_>) -> Option<Violation> {
        let before = write.before.as_ref()?;
        if let Some(finalizer) = lost_finalizer(before, write) {
            return violated(
                "the finalizers of others stay",
                format!("{key}: {finalizer}"),
            );
        }
        let removed = before.has_finalizer(FINALIZER)
            && write
                .after
                .as_ref()
                .is_none_or(|after| !after.has_finalizer(FINALIZER));
        if !removed {
            return None;
        }
        if !before.is_deleting() {
            return violated(
                "the finalizer stays on an object that is not being deleted",
                key.to_string(),
            );
        }
        if before.json["spec"]["deletionPolicy"] == "Retain" {
            self.may_remain.insert(key.clone());
            return None;
        }
        let arn = arn_of(key, Some(before));
        let from = view.now.saturating_sub(RECENTLY + view.read_lag);
        let ours = |state: Option<&ServiceState>| {
            state.is_some_and(|service| service.is_live() && belongs(key, before, service, view))
        };
        let mut states = view.truth.service_since(&arn, from);
        let mut any = false;
        let all_ours = states.all(|state| {
            any = true;
            ours(state)
        });
        if any && all_ours {
            return violated(
                "the finalizer stays while the service lives",
                format!("{key}: {arn}"),
            );
        }
        None
    }

    fn outlives(&self, view: &View<'_>) -> Option<Violation> {
        view.truth.services.keys().find_map(|arn| {
            let service = view.truth.service(arn)?;
            let owns = |key: &&ObjectKey| {
                let last = view.truth.object_since(key, Duration::ZERO).last();
                last.is_some_and(|object| belongs(key, object, service, view))
            };
            let key = view.objects.iter().find(owns)?;
            let remains = service.is_live()
                && !service.released
                && view.api.get(key).is_none()
                && !self.may_remain.contains(key);
            if remains {
                violated("no service outlives its object", format!("{arn} of {key}"))
            } else {
                None
            }
        })
    }
}
