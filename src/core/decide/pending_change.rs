//! The change that an active, present service of this object needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::{
    decide::{
        assessment::Assessment, input::Input, reason::Reason, requests::UpdateRequest,
        rollout::Rollout, update_intent::UpdateIntent,
    },
    desired::configuration::Configuration,
    observed::{
        failure::{Class, Failure},
        service::{Observed, Read, Service},
    },
};

/// What a living, present service of ours needs.
pub(crate) enum PendingChange {
    Impossible(String),
    WaitForUpdate,
    ScaleOnly(Box<UpdateRequest>),
    Update(Box<UpdateRequest>),
    Correct(Box<UpdateRequest>),
    Restart(Box<UpdateRequest>),
    Tag(BTreeMap<String, String>),
    Untag(BTreeSet<String>),
    Nothing(Reason),
}

/// The last rows of the table: `RolledBack` and drift under `Report` take theirs out.
pub(crate) fn pending_change(input: &Input<'_>, assessment: Option<&Assessment>) -> PendingChange {
    let (Some(f), Observed::Present(service)) = (assessment, input.observed) else {
        // Nothing was seen of the service: no row above this one says that it needs nothing.
        return PendingChange::Nothing(Reason::WaitingForAbsence);
    };
    match (
        wanted(input, f, service),
        passing_failure(&service.deployments),
    ) {
        // Which deployments there were before a call tells afterwards which one it made.
        (
            PendingChange::ScaleOnly(_)
            | PendingChange::Update(_)
            | PendingChange::Correct(_)
            | PendingChange::Restart(_),
            Some(failure),
        ) => tags_or(f, Reason::Unreadable(failure.clone())),
        (pending_change, _) => pending_change,
    }
}

/// What a present service of ours needs, as far as the findings tell.
pub(crate) fn wanted(input: &Input<'_>, f: &Assessment, service: &Service) -> PendingChange {
    let update = |configuration| {
        Box::new(UpdateRequest {
            arn: input.desired.arn.clone(),
            configuration,
            cleared: f.diff.cleared(),
        })
    };
    let scaling_alone = || Configuration {
        scaling: f.scaling_update(input, service),
        ..Configuration::default()
    };
    let differs = !f.diff.is_empty() || f.mode_switched;
    let new_scaling = f.edited && f.diff.touches_scaling() && !f.rollout.is_rolling_back();
    let unseen = f.edited && service.newest().is_none();
    let held = f.not_converging || f.report_only;
    if let Some(role) = &f.immutable {
        PendingChange::Impossible(role.clone())
    } else if f.update == UpdateIntent::Waiting {
        PendingChange::WaitForUpdate
    } else if let Some(reason) = f.missing_observation(input, service) {
        tags_or(f, reason)
    } else if differs && f.rolled_back && f.diff.touches_scaling() && !held {
        PendingChange::ScaleOnly(update(scaling_alone()))
    } else if differs && !f.rolled_back && f.is_in_progress(input, service) && !new_scaling {
        PendingChange::Nothing(idle_reason(f, service, false))
    } else if (differs || unseen) && f.edited && !f.rolled_back && !f.not_converging {
        PendingChange::Update(update(f.update(input, service)))
    } else if differs && !held && !f.rolled_back {
        PendingChange::Correct(update(f.update(input, service)))
    } else if f.restart && !f.rolled_back && service.newest().is_some() {
        PendingChange::Restart(update(f.update(input, service)))
    } else {
        tags_or(f, idle_reason(f, service, differs))
    }
}

/// The failure of a read that passes by itself.
fn passing_failure<T>(read: &Read<T>) -> Option<&Failure> {
    match read {
        Read::Failed(failure) if failure.kind.class() == Class::Retry => Some(failure),
        Read::Failed(_) | Read::Got(_) | Read::Skipped => None,
    }
}

/// The tags, which depend on nothing else; or nothing.
fn tags_or(f: &Assessment, reason: Reason) -> PendingChange {
    if !f.tags.set.is_empty() {
        return PendingChange::Tag(f.tags.set.clone());
    }
    if !f.tags.remove.is_empty() {
        return PendingChange::Untag(f.tags.remove.clone());
    }
    match (reason, &f.tags.given_up) {
        (Reason::Available, Some(path)) => {
            PendingChange::Nothing(Reason::TagNotConverging(path.clone()))
        }
        (reason, _) => PendingChange::Nothing(reason),
    }
}

fn idle_reason(f: &Assessment, service: &Service, differs: bool) -> Reason {
    if f.rolled_back {
        return Reason::RolledBack;
    }
    if f.not_converging {
        return Reason::NotConverging;
    }
    if f.report_only && differs {
        return Reason::Drifted;
    }
    match &f.rollout {
        Rollout::Failed(_) => Reason::RolledBack,
        Rollout::Unreadable(failure) => Reason::Unreadable(failure.clone()),
        Rollout::Pending | Rollout::InProgress(_) => Reason::Deploying,
        Rollout::Succeeded(_) if service.revisions.iter().all(|r| r.endpoints.is_empty()) => {
            Reason::WaitingForEndpoint
        }
        Rollout::Succeeded(_) => Reason::Available,
    }
}
