//! The conditions, after kstatus: `Ready` and `Synced` always, `Reconciling` and `Stalled` only while they are true.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use super::{
    decide::{Action, Case, Decision},
    failure::{Class, Failure, FailureKind},
    findings::Findings,
    left_in_force::{self, carried},
    observed::{Observed, StatusCode},
    remember::Outcome,
    rollout::Rollout,
    unsynced::unsynced,
    why::{Progress, Why},
};
use crate::api::conditions::{reasons, types};

/// A list of conditions in which `lastTransitionTime` moves only with the status.
#[derive(Clone, Debug)]
pub struct Conditions {
    list: Vec<Condition>,
    generation: i64,
    now: Timestamp,
}

impl Conditions {
    /// Takes the conditions of the last pass.
    pub fn new(list: Vec<Condition>, generation: i64, now: Timestamp) -> Self {
        Self {
            list,
            generation,
            now,
        }
    }

    /// Sets a condition.
    pub fn set(&mut self, kind: &str, status: Truth, reason: &str, message: &str) {
        let status = status.as_str();
        let before = self
            .list
            .iter()
            .position(|condition| condition.type_ == kind);
        let since = before
            .map(|at| &self.list[at])
            .filter(|condition| condition.status == status)
            .map_or(Time(self.now), |condition| {
                condition.last_transition_time.clone()
            });
        let condition = Condition {
            type_: kind.to_owned(),
            status: status.to_owned(),
            reason: reason.to_owned(),
            message: message.to_owned(),
            observed_generation: Some(self.generation),
            last_transition_time: since,
        };
        match before {
            Some(at) => self.list[at] = condition,
            None => self.list.push(condition),
        }
    }

    /// Whether a condition is there.
    pub fn has(&self, kind: &str) -> bool {
        self.list.iter().any(|condition| condition.type_ == kind)
    }

    /// Takes a condition away.
    pub fn remove(&mut self, kind: &str) {
        self.list.retain(|condition| condition.type_ != kind);
    }

    /// Whether a role has been unusable for longer than IAM takes to make one known.
    fn has_waited_for_a_role(&self, reason: &str) -> bool {
        const IAM_TAKES: i64 = 300;
        reason == reasons::ROLE_NOT_USABLE
            && self.list.iter().any(|condition| {
                let waited = self.now.as_second() - condition.last_transition_time.0.as_second();
                match condition.type_.as_str() {
                    types::STALLED => condition.reason == reason,
                    types::RECONCILING => condition.reason == reason && waited >= IAM_TAKES,
                    _ => false,
                }
            })
    }

    /// The time of `Reconciling` counts from the first refusal of a role, whatever went on before.
    fn restart_wait_for_a_role(&mut self, reason: &str) {
        if reason == reasons::ROLE_NOT_USABLE {
            self.list.retain(|condition| {
                condition.type_ != types::RECONCILING || condition.reason == reason
            });
        }
    }

    /// The list.
    pub fn into_inner(self) -> Vec<Condition> {
        self.list
    }
}

/// Status of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It is not known.
    Unknown,
}

impl Truth {
    fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// What the conditions say after a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    ready: (Truth, &'static str, String),
    synced: (Truth, &'static str, String),
    progress: Progress,
}

impl Verdict {
    /// Judges a pass.
    pub fn of(case: &Case<'_>, decision: &Decision, outcome: &Outcome, url: Option<&str>) -> Self {
        let findings = decision.findings.as_ref();
        if let Outcome::Failed(failure) = outcome {
            return Self::failed(case, decision, failure, url);
        }
        let why = &decision.why;
        let message = why.message(case.desired, findings);
        let (ready, progress) = match why {
            Why::InSync => ((Truth::True, why.reason(), message), Progress::AtRest),
            Why::Suspended if runs_the_spec(case, findings, url) => {
                ((Truth::True, why.reason(), message), Progress::AtRest)
            }
            Why::RollingOut if is_first_deployment(case) => (
                (Truth::False, reasons::PROVISIONING, message),
                Progress::Reconciling,
            ),
            // Tags do not touch what runs.
            Why::Tagging | Why::TagsLost if runs_the_spec(case, findings, url) => (
                (
                    Truth::True,
                    reasons::AVAILABLE,
                    Why::InSync.message(case.desired, findings),
                ),
                Progress::AtRest,
            ),
            Why::TagNotConverging(_) if runs_the_spec(case, findings, url) => (
                (
                    Truth::True,
                    reasons::AVAILABLE,
                    Why::InSync.message(case.desired, findings),
                ),
                why.progress(),
            ),
            Why::Unreadable(_) => ((Truth::Unknown, why.reason(), message), why.progress()),
            _ => ((Truth::False, why.reason(), message), why.progress()),
        };
        Self {
            synced: synced(case, decision, &ready),
            ready,
            progress,
        }
    }

    fn failed(case: &Case<'_>, decision: &Decision, failure: &Failure, url: Option<&str>) -> Self {
        let findings = decision.findings.as_ref();
        let message = match &decision.action {
            Action::Update(request) => {
                format!(
                    "{failure}{}",
                    carried(&request.configuration, case, failure)
                )
            }
            _ => failure.to_string(),
        };
        let tags_only = matches!(decision.action, Action::Tag(_) | Action::Untag(_));
        let ready = if tags_only && runs_the_spec(case, findings, url) {
            let message = Why::InSync.message(case.desired, findings);
            (Truth::True, reasons::AVAILABLE, message)
        } else {
            (Truth::False, failure.kind.reason(), message.clone())
        };
        let progress = match failure.kind.class() {
            // A role just made takes minutes; `put` tells when it is no longer just made.
            Class::Blocked if failure.kind == FailureKind::RoleNotUsable => Progress::Reconciling,
            Class::Invalid | Class::Blocked => Progress::Stalled,
            Class::Retry => Progress::Reconciling,
        };
        let runs = !tags_only
            && findings.is_some_and(|findings| findings.diff.is_empty())
            && matches!(case.observed, Observed::Present(_));
        Self {
            synced: if runs {
                (
                    Truth::True,
                    reasons::IN_SYNC,
                    "what runs is what the spec says".to_owned(),
                )
            } else {
                (Truth::False, failure.kind.reason(), message)
            },
            ready,
            progress,
        }
    }

    /// Puts the verdict into a list of conditions.
    pub fn put(&self, conditions: &mut Conditions) {
        let (status, reason, message) = &self.ready;
        conditions.set(types::READY, *status, reason, message);
        let (synced, synced_reason, synced_message) = &self.synced;
        conditions.set(types::SYNCED, *synced, synced_reason, synced_message);
        // Where what runs is right all the same, what is not tells why.
        let (reason, message) = match status {
            Truth::True => (synced_reason, synced_message),
            Truth::False | Truth::Unknown => (reason, message),
        };
        match self.progress {
            Progress::Reconciling if conditions.has_waited_for_a_role(reason) => {
                conditions.remove(types::RECONCILING);
                conditions.set(types::STALLED, Truth::True, reason, message);
            }
            Progress::Reconciling => {
                conditions.remove(types::STALLED);
                conditions.restart_wait_for_a_role(reason);
                conditions.set(types::RECONCILING, Truth::True, reason, message);
            }
            Progress::Stalled => {
                conditions.remove(types::RECONCILING);
                conditions.set(types::STALLED, Truth::True, reason, message);
            }
            Progress::AtRest => {
                conditions.remove(types::RECONCILING);
                conditions.remove(types::STALLED);
            }
        }
    }
}

/// Whether this generation's configuration is the one that runs, its deployment succeeded, and an endpoint exists.
fn runs_the_spec(case: &Case<'_>, findings: Option<&Findings>, url: Option<&str>) -> bool {
    let (Observed::Present(service), Some(findings)) = (case.observed, findings) else {
        return false;
    };
    service.code == StatusCode::Active
        && findings.is_final(service)
        && findings.immutable.is_none()
        && matches!(findings.rollout, Rollout::Succeeded(_))
        && url.is_some()
}

/// Whether nothing of this service ever ran but what is being deployed.
fn is_first_deployment(case: &Case<'_>) -> bool {
    match case.observed {
        Observed::Present(service) => {
            service.revisions.len() <= 1
                && case
                    .memory
                    .and_then(|memory| memory.intent.as_ref())
                    .is_none_or(|intent| intent.operation == "Create")
        }
        Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => false,
    }
}

fn synced(
    case: &Case<'_>,
    decision: &Decision,
    ready: &(Truth, &'static str, String),
) -> (Truth, &'static str, String) {
    let Some(findings) = &decision.findings else {
        let (_, reason, message) = ready;
        let truth = match decision.why {
            Why::Unreadable(_) => Truth::Unknown,
            _ => Truth::False,
        };
        return (truth, reason, message.clone());
    };
    let owned = matches!(
        findings.owner,
        super::findings::Owner::Ours | super::findings::Owner::TagsLost
    );
    match (
        findings.diff.differences.first(),
        findings.diff.left_in_force.first(),
        unsynced(case, decision, findings),
    ) {
        _ if !owned || findings.immutable.is_some() => (Truth::False, ready.1, ready.2.clone()),
        (Some(first), ..) => {
            let reason = match decision.why {
                Why::InSync | Why::Suspended => reasons::DRIFTED,
                _ => decision.why.reason(),
            };
            (Truth::False, reason, first.to_string())
        }
        (None, _, Some(unsynced)) => unsynced,
        (None, Some(_), None) => (
            Truth::True,
            reasons::LEFT_IN_FORCE,
            left_in_force::message(&findings.diff.left_in_force),
        ),
        (None, None, None) => (
            Truth::True,
            reasons::IN_SYNC,
            "what runs is what the spec says".to_owned(),
        ),
    }
}
