//! The change that a present service of this object needs, if any.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::{
    decide::{
        assessment::Assessment, input::Input, presence::Present, reason::Reason,
        requests::UpdateRequest, rollout::Rollout, update_intent::UpdateIntent,
    },
    desired::configuration::Configuration,
    observed::{
        failure::{Class, Failure},
        service::{Read, Service},
    },
};

/// The change that a service needs next.
pub(crate) enum PendingChange {
    /// The service has this infrastructure role, and ECS cannot change it to that of the spec.
    Immutable(String),
    /// None before the effect of the last update is known.
    WaitForUpdate,
    /// Scaling alone, because ECS rolled the rest of the configuration back.
    ScaleOnly(Box<UpdateRequest>),
    /// The spec was edited.
    Update(Box<UpdateRequest>),
    /// The service drifted.
    Correct(Box<UpdateRequest>),
    /// A restart is due.
    Restart(Box<UpdateRequest>),
    /// Tags are missing or have other values.
    Tag(BTreeMap<String, String>),
    /// Tags are no longer in the spec.
    Untag(BTreeSet<String>),
    /// None, for this reason.
    None(Reason),
}

impl PendingChange {
    /// Whether the change starts a deployment.
    fn deploys(&self) -> bool {
        match self {
            Self::ScaleOnly(_) | Self::Update(_) | Self::Correct(_) | Self::Restart(_) => true,
            Self::Immutable(_)
            | Self::WaitForUpdate
            | Self::Tag(_)
            | Self::Untag(_)
            | Self::None(_) => false,
        }
    }
}

/// Returns the change that a service needs next.
pub(crate) fn pending_change(input: &Input<'_>, present: Present<'_>) -> PendingChange {
    let change = next_change(input, present);
    match transient_failure(&present.service.deployments) {
        // The deployments before a call tell afterwards which one the call started, so they have to be known first.
        Some(failure) if change.deploys() => tags_or(
            present.assessment,
            present.service,
            Reason::Unreadable(failure.clone()),
        ),
        Some(_) | None => change,
    }
}

fn next_change(input: &Input<'_>, present: Present<'_>) -> PendingChange {
    use PendingChange as C;
    let Present {
        service,
        assessment: a,
    } = present;
    let request = |configuration| {
        Box::new(UpdateRequest {
            arn: input.desired.arn.clone(),
            configuration,
            cleared: a.diff.cleared(),
        })
    };
    let scaling = || Configuration {
        scaling: a.scaling_update(input, service),
        ..Configuration::default()
    };
    let all = || request(a.update(input, service));
    let differs = !a.diff.is_empty() || a.mode_switched;
    let scaling_edited = a.edited && a.diff.touches_scaling() && !a.rollout.is_rolling_back();
    let nothing_runs = service.newest().is_none();
    let held_back = a.not_converging || a.report_only;
    if let Some(role) = &a.immutable {
        C::Immutable(role.clone())
    } else if a.update == UpdateIntent::Waiting {
        C::WaitForUpdate
    } else if let Some(reason) = a.missing_observation(input, service) {
        tags_or(a, service, reason)
    } else if differs && a.rolled_back && a.diff.touches_scaling() && !held_back {
        C::ScaleOnly(request(scaling()))
    } else if differs && !a.rolled_back && a.is_in_progress(input, service) && !scaling_edited {
        C::None(idle_reason(a, service, false))
    } else if (differs || nothing_runs) && a.edited && !a.rolled_back && !a.not_converging {
        C::Update(all())
    } else if differs && !held_back && !a.rolled_back {
        C::Correct(all())
    } else if a.restart && !a.rolled_back && !nothing_runs {
        C::Restart(all())
    } else {
        tags_or(a, service, idle_reason(a, service, differs))
    }
}

/// The failure of a read, if it is transient.
fn transient_failure<T>(read: &Read<T>) -> Option<&Failure> {
    match read {
        Read::Failed(failure) if failure.kind.class() == Class::Retry => Some(failure),
        Read::Failed(_) | Read::Got(_) | Read::Skipped => None,
    }
}

/// A change of the tags, which depends on nothing else; otherwise none, for `reason`.
fn tags_or(assessment: &Assessment, service: &Service, reason: Reason) -> PendingChange {
    let tags = &assessment.tags;
    // ECS refuses tags beyond its limit even if others are about to be removed.
    let room_first = !tags.remove.is_empty() && !tags.fit_beside(&service.tags);
    if !tags.set.is_empty() && !room_first {
        return PendingChange::Tag(tags.set.clone());
    }
    if !tags.remove.is_empty() {
        return PendingChange::Untag(tags.remove.clone());
    }
    PendingChange::None(match (reason, &tags.given_up) {
        (Reason::Available, Some(path)) => Reason::TagNotConverging(path.clone()),
        (reason, _) => reason,
    })
}

/// Why nothing is sent although nothing is awaited from ECS.
fn idle_reason(assessment: &Assessment, service: &Service, differs: bool) -> Reason {
    if assessment.rolled_back {
        return Reason::RolledBack;
    }
    if assessment.not_converging {
        return Reason::NotConverging;
    }
    if assessment.report_only && differs {
        return Reason::Drifted;
    }
    let has_endpoint = service.revisions.iter().any(|it| !it.endpoints.is_empty());
    match &assessment.rollout {
        Rollout::Failed(_) => Reason::RolledBack,
        Rollout::Unreadable(failure) => Reason::Unreadable(failure.clone()),
        Rollout::Pending | Rollout::InProgress(_) | Rollout::Stopped(_) => Reason::Deploying,
        Rollout::Succeeded(_) if !has_endpoint => Reason::WaitingForEndpoint,
        Rollout::Succeeded(_) => Reason::Available,
    }
}
