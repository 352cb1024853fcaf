//! I1 and I3: at most one service for an object, and no create before finalizer and identity are stored.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{
    CREATE, Checker, Occurrence, View, Violation, named_arn,
    truth::{FINALIZER, Owner, SERVICE_ARN, ServiceState, UID},
    violated,
};
use crate::{
    kubernetes::api_server::Stored, process::ProcessId, request::Request, scenario::act::Act,
};

/// How long the operator has to wait after a create whose result it does not know.
const SETTLE_WINDOW: Duration = Duration::from_secs(120);
/// How long ago finalizer and identity may have been removed by somebody else.
const RECENTLY: Duration = Duration::from_secs(30);

/// Remembers the creates that were sent.
#[derive(Debug, Default)]
pub struct Creates {
    /// The last create for an ARN: its sender, when it was sent, and whether its result is known.
    last: BTreeMap<String, Sent>,
    /// Objects whose status was lost.
    status_lost: BTreeSet<ObjectKey>,
    /// When every trace of a create was last removed from an object by others.
    replaced: BTreeMap<ObjectKey, Duration>,
    /// The services that creates of operators made, by ARN.
    made: BTreeMap<String, Made>,
}

#[derive(Debug)]
struct Sent {
    process: ProcessId,
    /// The object for which it was sent.
    uid: Option<String>,
    at: Duration,
    answered: bool,
}

#[derive(Debug)]
struct Made {
    incarnation: String,
    /// The object for which it was made.
    uid: Option<String>,
    at: Duration,
}

impl Checker for Creates {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Sent {
                process,
                reconciled,
                request:
                    Request::Aws {
                        action: CREATE,
                        account,
                        body,
                        ..
                    },
            } => {
                let arn = named_arn(account, body)?;
                let violation = self
                    .sent_too_early(&arn, (*reconciled)?, *process, view)
                    .or_else(|| self.lives_already(&arn, (*reconciled)?, view))
                    .or_else(|| self.lives_elsewhere(&arn, (*reconciled)?, view))
                    .or_else(|| self.only_to_be_shown(&arn, (*reconciled)?, view))
                    .or_else(|| unprepared(&arn, (*reconciled)?, view));
                let sent = Sent {
                    process: *process,
                    uid: reconciled.and_then(|key| uid(key, view)),
                    at: view.now,
                    answered: false,
                };
                self.last.insert(arn, sent);
                violation
            }
            Occurrence::Acted(Act::Replace { object, .. }) => {
                let key = view.objects.get(*object)?;
                self.replaced.insert(key.clone(), view.now);
                None
            }
            Occurrence::Acted(Act::LoseStatus { object }) => {
                let key = view.objects.get(*object)?;
                self.status_lost.insert(key.clone());
                None
            }
            Occurrence::Acted(Act::RemoveAnnotations { object }) => {
                let key = view.objects.get(*object)?;
                let stored = view.api.get(key)?;
                if stored.json["status"]["operatorState"].is_null() {
                    self.replaced.insert(key.clone(), view.now);
                    self.status_lost.insert(key.clone());
                }
                None
            }
            // Either an older definition drops the intent, or it has dropped it until now.
            Occurrence::Acted(Act::Definition { .. }) => {
                for key in view.objects {
                    self.replaced.insert(key.clone(), view.now);
                }
                None
            }
            Occurrence::Served {
                action: CREATE,
                account,
                body,
                answer: Ok(_),
                reconciled,
                ..
            } => {
                let arn = named_arn(account, body)?;
                let made = Made {
                    incarnation: view.truth.service(&arn)?.incarnation.clone(),
                    uid: reconciled.and_then(|key| uid(key, view)),
                    at: view.now,
                };
                self.made.insert(arn, made);
                None
            }
            Occurrence::Answered {
                process,
                action: CREATE,
                account,
                body,
                definite: true,
                ..
            } => {
                let arn = named_arn(account, body)?;
                if let Some(last) = self.last.get_mut(&arn)
                    && last.process == *process
                {
                    last.answered = true;
                }
                None
            }
            _ => None,
        }
    }
}

impl Creates {
    /// A create whose result is not known may still take effect.
    fn sent_too_early(
        &self,
        arn: &str,
        key: &ObjectKey,
        process: ProcessId,
        view: &View<'_>,
    ) -> Option<Violation> {
        let last = self.last.get(arn)?;
        let waited = view.now.saturating_sub(last.at);
        // Another service than the one before the create has appeared. Before the lag of its reads is over, the operator
        // cannot have seen it.
        let before = view.truth.service_at(arn, last.at);
        let before = before.map(|service| &service.incarnation);
        let appeared = waited > view.read_lag
            && view
                .truth
                .service_since(arn, last.at)
                .flatten()
                .any(|service| service.is_live() && Some(&service.incarnation) != before);
        // Only the sender of the create still knows of it.
        let replaced = self.replaced.get(key).is_some_and(|at| *at >= last.at);
        let untraced = replaced && last.process != process;
        // The create of an object that was deleted and left its service behind.
        let retained = last.uid != uid(key, view);
        if last.answered || appeared || untraced || retained || waited >= SETTLE_WINDOW {
            return None;
        }
        violated(
            "no second create is sent before the settle window after one whose result is not known",
            format!("{arn}: only {waited:?} after the first"),
        )
    }

    /// The service of an earlier create lives, and reads have shown it for long enough.
    fn lives_already(&self, arn: &str, key: &ObjectKey, view: &View<'_>) -> Option<Violation> {
        let made = self.made.get(arn)?;
        let service = view.truth.service(arn)?;
        let seen = view.now.saturating_sub(made.at) > view.read_lag;
        let same = service.incarnation == made.incarnation && made.uid == uid(key, view);
        if service.is_live() && same && seen {
            return violated(
                "no create is sent while the service of an earlier create lives",
                format!("{arn}: {:?}", service.status),
            );
        }
        None
    }

    /// Where drift is only reported, a service that was deleted outside is not created again.
    fn only_to_be_shown(&self, arn: &str, key: &ObjectKey, view: &View<'_>) -> Option<Violation> {
        let made = self.made.get(arn)?;
        let from = view.now.saturating_sub(RECENTLY);
        let reports = |object: &Stored| {
            let known = &object.json["status"]["operatorState"]["service"];
            object.json["spec"]["driftPolicy"] == "Report" && !known.is_null()
        };
        let mut versions = view.truth.object_since(key, from).peekable();
        versions.peek()?;
        if made.uid != uid(key, view) || !versions.all(reports) {
            return None;
        }
        violated(
            "a service that was deleted outside is not created again under Report",
            format!("{key}: {arn}"),
        )
    }

    /// The object has a service under another ARN.
    fn lives_elsewhere(&self, arn: &str, key: &ObjectKey, view: &View<'_>) -> Option<Violation> {
        // Neither the object nor its status says any more where its service is.
        if self.replaced.contains_key(key) && self.status_lost.contains(key) {
            return None;
        }
        let from = view.now.saturating_sub(RECENTLY + view.read_lag);
        let uid = uid(key, view);
        let owned = |service: Option<&ServiceState>| {
            service.is_some_and(|service| {
                let is_same = service.tags.get(UID) == uid.as_ref();
                service.is_live() && is_same && service.owner == Owner::Object(key.clone())
            })
        };
        let mut others = view.truth.services.keys().filter(|other| *other != arn);
        let other = others.find(|other| view.truth.service_since(other, from).all(owned))?;
        violated(
            "an object has at most one service, whatever its ARN",
            format!("{key}: {other} beside {arn}"),
        )
    }
}

/// The UID of the present object with a key.
fn uid(key: &ObjectKey, view: &View<'_>) -> Option<String> {
    view.api.get(key).map(|stored| stored.uid().to_owned())
}

/// Finalizer and identity have to be stored before a create is sent.
fn unprepared(arn: &str, key: &ObjectKey, view: &View<'_>) -> Option<Violation> {
    let from = view.now.saturating_sub(RECENTLY);
    let prepared = view.truth.object_since(key, from).any(|object| {
        object.has_finalizer(FINALIZER) && object.annotation(SERVICE_ARN) == Some(arn)
    });
    if prepared {
        return None;
    }
    violated(
        "no create is sent before finalizer and identity are stored",
        format!("{key}"),
    )
}
