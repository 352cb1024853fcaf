//! I2: nothing that does not belong to the object is ever changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{
    CREATE, Checker, DELETE, Occurrence, TAG, UNTAG, UPDATE, View, Violation, named_arn,
    truth::{Owner, ServiceState},
    violated,
};

/// How long ago the operator may have read the tags, beside the lag of its reads: the time of a reconcile.
const RECENTLY: Duration = Duration::from_secs(110);

/// Remembers which services operators have made or adopted.
#[derive(Debug, Default)]
pub struct Ownership {
    /// The services that an object made or adopted.
    own: BTreeMap<ObjectKey, BTreeSet<String>>,
}

impl Checker for Ownership {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Served {
                action: CREATE | TAG,
                account,
                body,
                answer: Ok(_),
                reconciled: Some(key),
                ..
            } => {
                let service = view.truth.service(&named_arn(account, body)?)?;
                if service.owner == Owner::Object((*key).clone()) {
                    let own = self.own.entry((*key).clone()).or_default();
                    own.insert(service.incarnation.clone());
                }
                None
            }
            Occurrence::Arrives {
                action: action @ (UPDATE | DELETE | TAG | UNTAG),
                account,
                body,
                reconciled: Some(key),
                sent_at,
                ..
            } => {
                let arn = named_arn(account, body)?;
                // Nothing can be changed where there is nothing.
                view.truth
                    .service(&arn)
                    .filter(|service| service.is_live())?;
                let from = sent_at.saturating_sub(RECENTLY + view.read_lag);
                let mut states = view.truth.service_since(&arn, from).flatten();
                let adopts = *action == TAG && adopts(key, from, view);
                if states.any(|service| self.belongs(key, service) || adopts && is_free(service)) {
                    return None;
                }
                let service = view.truth.service(&arn);
                violated(
                    "nothing that does not belong to the object is ever changed",
                    format!(
                        "{action} for {key}, but the owner is {:?}",
                        service.map(|s| &s.owner)
                    ),
                )
            }
            _ => None,
        }
    }
}

impl Ownership {
    fn belongs(&self, key: &ObjectKey, service: &ServiceState) -> bool {
        match &service.owner {
            Owner::Object(owner) => owner == key,
            Owner::Foreign => false,
            // Lost tags: the object has made or adopted this very service.
            Owner::Nobody | Owner::Partial { .. } => {
                let own = self.own.get(key);
                service.owner.fits(key) && own.is_some_and(|own| own.contains(&service.incarnation))
            }
        }
    }
}

/// Whether the user allows the adoption of a service.
fn adopts(key: &ObjectKey, from: Duration, view: &View<'_>) -> bool {
    view.truth
        .object_since(key, from)
        .any(|object| object.json["spec"]["adoptionPolicy"] == "Adopt")
}

/// Whether a service may be adopted.
fn is_free(service: &ServiceState) -> bool {
    let of_a_stack = service.tags.contains_key("aws:cloudformation:stack-name");
    service.owner == Owner::Nobody && service.express && !of_a_stack
}
