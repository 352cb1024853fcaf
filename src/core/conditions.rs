//! The conditions, after kstatus: `Ready` and `Synced` always, `Reconciling` and `Stalled` only while they are true.

pub use super::condition_list::{Conditions, Truth};
use super::{
    decide::{Action, Case, Decision},
    explain::explain,
    failure::{Class, Failure, FailureKind},
    findings::{Findings, Owner},
    left_in_force::{self, carried},
    messages::{beneath_suspension, had_service},
    observed::{Observed, Service, StatusCode},
    remember::Outcome,
    rollout::Rollout,
    unsynced::unsynced,
    why::{Progress, Why},
};
use crate::api::conditions::{reasons, types};

/// What the conditions say after a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    ready: (Truth, &'static str, String),
    synced: (Truth, &'static str, String),
    progress: Progress,
    /// Reason of `Stalled`, where it is another than that of `Ready`.
    stalled_by: Option<&'static str>,
    /// Whether ECS could not be read, which passes by itself and says nothing of what needs a person.
    read_failed: bool,
}

/// What was told before, and what is told of where the service answers.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The URL that the status shows after this pass.
    pub url: Option<&'a str>,
    /// Whether `Ready` was True before it.
    pub was_ready: bool,
}

impl Verdict {
    /// Judges a pass.
    pub fn of(case: &Case<'_>, decision: &Decision, outcome: &Outcome, shown: Shown<'_>) -> Self {
        let findings = decision.findings.as_ref();
        if let Outcome::Failed(failure) = outcome {
            return Self::failed(case, decision, failure, shown);
        }
        let why = &decision.why;
        let message = why.message(case, findings);
        let mut stalled_by = None;
        let (ready, progress) = match why {
            Why::InSync => ((Truth::True, why.reason(), message), Progress::AtRest),
            Why::Suspended => {
                let truth = suspended_is_ready(case, findings, shown);
                stalled_by = stalled_beneath_suspension(case);
                let progress = stalled_by.map_or(Progress::AtRest, |_| Progress::Stalled);
                ((truth, why.reason(), message), progress)
            }
            Why::ShownOnly if has_run_the_spec(case, findings, shown) => {
                ((Truth::True, why.reason(), message), Progress::AtRest)
            }
            // Nothing says that the spec ever ran, and nothing will come by itself.
            Why::ShownOnly => ((Truth::False, why.reason(), message), Progress::Stalled),
            Why::RollingOut if is_first_deployment(case) => (
                (Truth::False, reasons::PROVISIONING, message),
                Progress::Reconciling,
            ),
            // Tags do not touch what runs.
            Why::Tagging | Why::TagsLost if runs_the_spec(case, findings, shown) => (
                (
                    Truth::True,
                    reasons::AVAILABLE,
                    Why::InSync.message(case, findings),
                ),
                Progress::AtRest,
            ),
            Why::TagNotConverging(_) if runs_the_spec(case, findings, shown) => (
                (
                    Truth::True,
                    reasons::AVAILABLE,
                    Why::InSync.message(case, findings),
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
            stalled_by,
            read_failed: matches!(why, Why::Unreadable(failure) if failure.kind.class() == Class::Retry),
        }
    }

    fn failed(case: &Case<'_>, decision: &Decision, failure: &Failure, shown: Shown<'_>) -> Self {
        let findings = decision.findings.as_ref();
        let tags_only = matches!(decision.action, Action::Tag(_) | Action::Untag(_));
        let mut message = explain(failure, case.desired);
        if let Action::Update(request) = &decision.action {
            message.push_str(&carried(&request.configuration, case, failure));
        }
        let ready = if tags_only && runs_the_spec(case, findings, shown) {
            let message = Why::InSync.message(case, findings);
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
        let synced = match (case.observed, findings) {
            (Observed::Present(service), Some(findings))
                if !tags_only && findings.in_sync(service) =>
            {
                (
                    Truth::True,
                    reasons::IN_SYNC,
                    in_sync_text(service, findings),
                )
            }
            _ => (Truth::False, failure.kind.reason(), message),
        };
        Self {
            synced,
            ready,
            progress,
            stalled_by: None,
            read_failed: false,
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
        let reason = self.stalled_by.unwrap_or(reason);
        match self.progress {
            // Else each outage would tell anew of all that waits for a person, and begin each wait anew.
            Progress::Reconciling if self.read_failed && conditions.outlasts_an_outage() => {}
            Progress::Reconciling if conditions.has_lasted(reason) => {
                conditions.remove(types::RECONCILING);
                conditions.set(types::STALLED, Truth::True, reason, message);
            }
            Progress::Reconciling => {
                conditions.remove(types::STALLED);
                conditions.restart_wait(reason);
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
fn runs_the_spec(case: &Case<'_>, findings: Option<&Findings>, shown: Shown<'_>) -> bool {
    let (Observed::Present(service), Some(findings)) = (case.observed, findings) else {
        return false;
    };
    service.code == StatusCode::Active
        && findings.is_final(service)
        && findings.immutable.is_none()
        && matches!(findings.rollout, Rollout::Succeeded(_))
        && shown.url.is_some()
}

/// Whether the spec ran as it is, before somebody changed the service outside this object: it was told to be ready, or the
/// deployment of what was last applied is known to have succeeded.
fn has_run_the_spec(case: &Case<'_>, findings: Option<&Findings>, shown: Shown<'_>) -> bool {
    let applied = case.memory.and_then(|memory| memory.last_applied.as_ref());
    let succeeded = applied.is_some_and(|applied| {
        applied.hash == case.desired.configuration.hash() && applied.revision.is_some()
    }) && findings
        .is_some_and(|findings| matches!(findings.rollout, Rollout::Succeeded(_)));
    shown.url.is_some() && (shown.was_ready || succeeded)
}

fn suspended_is_ready(case: &Case<'_>, findings: Option<&Findings>, shown: Shown<'_>) -> Truth {
    let drifted = matches!(beneath_suspension(case), Why::Correcting | Why::ShownOnly);
    let ready =
        runs_the_spec(case, findings, shown) || drifted && has_run_the_spec(case, findings, shown);
    if ready { Truth::True } else { Truth::False }
}

/// Why a suspended service needs a person all the same. An edit that waits is what the user asked for.
fn stalled_beneath_suspension(case: &Case<'_>) -> Option<&'static str> {
    match beneath_suspension(case) {
        Why::Creating | Why::ServiceDeleted | Why::DrainingBeforeCreate if had_service(case) => {
            Some(reasons::SERVICE_DELETED)
        }
        why if why.progress() == Progress::Stalled => Some(why.reason()),
        _ => None,
    }
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
    let (_, reason, message) = ready;
    let (Some(findings), Observed::Present(service)) = (&decision.findings, case.observed) else {
        let truth = match decision.why {
            Why::Unreadable(_) => Truth::Unknown,
            _ => Truth::False,
        };
        return (truth, reason, message.clone());
    };
    let owned = matches!(findings.owner, Owner::Ours | Owner::TagsLost);
    let sends_all = decision.why == Why::Edited && findings.diff.is_empty();
    match (
        findings.diff.differences.first(),
        findings.diff.left_in_force.first(),
        unsynced(case, decision, findings),
    ) {
        _ if !owned || findings.immutable.is_some() || sends_all => {
            (Truth::False, reason, message.clone())
        }
        (Some(first), ..) => {
            let reason = match decision.why {
                Why::Suspended if findings.edited => reasons::SUSPENDED,
                Why::InSync | Why::Suspended => reasons::DRIFTED,
                _ => decision.why.reason(),
            };
            (Truth::False, reason, first.to_string())
        }
        (None, ..) if findings.mode_switched => (Truth::False, reason, message.clone()),
        (None, _, Some(unsynced)) => unsynced,
        (None, Some(_), None) => (
            Truth::True,
            reasons::LEFT_IN_FORCE,
            left_in_force::message(&findings.diff.left_in_force),
        ),
        (None, None, None) => (
            Truth::True,
            reasons::IN_SYNC,
            in_sync_text(service, findings),
        ),
    }
}

/// What ECS makes of a configuration that does not differ from the spec.
fn in_sync_text(service: &Service, findings: &Findings) -> String {
    let none_runs = service
        .counts
        .got()
        .is_some_and(|counts| counts.running == 0);
    let text = match (&service.code, &findings.rollout) {
        (StatusCode::Draining, _) => "ECS has this configuration and is deleting the service",
        (StatusCode::Other(_), _) => "ECS has this configuration",
        _ if service.newest().is_none() => "ECS has this configuration and is rolling it out",
        (StatusCode::Active, Rollout::Succeeded(_)) if none_runs => {
            "ECS has this configuration, and no task of it runs"
        }
        (StatusCode::Active, Rollout::Succeeded(_)) => "what runs is what the spec says",
        (StatusCode::Active, Rollout::Failed(_)) => {
            "ECS has this configuration, but its deployment did not succeed"
        }
        (StatusCode::Active, Rollout::Unreadable(_)) => {
            "ECS has this configuration; its deployment cannot be read"
        }
        (StatusCode::Active, Rollout::Pending | Rollout::InProgress(_)) => {
            "ECS has this configuration and is rolling it out"
        }
    };
    text.to_owned()
}
