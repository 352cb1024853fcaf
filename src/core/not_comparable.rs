//! Fields that cannot be compared yet: ECS does not show them, or it is not known which security groups are its own.
//! Ignorance is no difference, and no proof that nothing differs.

use std::collections::BTreeSet;

use super::{
    assessment::Assessment,
    complete::unknown_in_force,
    decide::Input,
    failure::{Effect, Failure, FailureKind},
    field::Field,
    observed::{Read, Service, service_security_groups},
    reason::Reason,
    redact::Redactor,
};

/// A field that cannot be compared yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotComparable {
    /// The field.
    pub field: Field,
    /// Why.
    pub cause: Cause,
}

/// Why a field cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// ECS always fills it, and the answer does not have it.
    NotShown,
    /// Which of the security groups are ECS's own is not known.
    ManagedGroupsUnknown,
}

impl NotComparable {
    /// What is missing in an answer, as a failure of the call that should have brought it.
    pub(super) fn failure(&self, service: &Service) -> Failure {
        let incomplete = |operation, message| Failure {
            operation,
            kind: FailureKind::Unavailable,
            effect: Effect::None,
            code: "IncompleteAnswer".to_owned(),
            message,
        };
        match (self.cause, &service.managed_resources) {
            (Cause::NotShown, _) => incomplete(
                "DescribeExpressGatewayService",
                Redactor::nothing_hidden().show(&format!(
                    "the newest revision does not show {} yet",
                    self.field.path()
                )),
            ),
            (Cause::ManagedGroupsUnknown, Read::Failed(failure)) => failure.clone(),
            (Cause::ManagedGroupsUnknown, Read::Got(_) | Read::Skipped) => incomplete(
                "DescribeServiceRevisions",
                "ECS does not name yet which security groups are its own".into(),
            ),
        }
    }
}

/// IDs of the security groups that ECS made: as it names them now, as the status has them from an earlier answer, or, where
/// this very spec was sent, by counting: ECS adds one to what is sent. `None` while nothing tells.
pub(super) fn managed_groups<'a>(
    input: &Input<'a>,
    service: &'a Service,
) -> Option<BTreeSet<&'a str>> {
    let named = service.managed_security_groups();
    named
        .or_else(|| service_security_groups(input.managed_resources))
        .or_else(|| counted(input, service))
}

fn counted<'a>(input: &Input<'a>, service: &'a Service) -> Option<BTreeSet<&'a str>> {
    let configuration = &input.desired.configuration;
    let applied = input.memory?.last_applied.as_ref()?;
    let newest = service.newest()?;
    if applied.hash != configuration.hash() || applied.revision.as_ref() != Some(&newest.arn) {
        return None;
    }
    let shown = &newest.configuration.network.security_groups;
    let beyond: BTreeSet<&str> = shown
        .difference(&configuration.network.security_groups)
        .map(String::as_str)
        .collect();
    (beyond.len() == 1).then_some(beyond)
}

impl Assessment {
    /// Why nothing can be sent, nor be called in sync, before ECS shows more. Where a shown field differs, an edit is sent all
    /// the same if the update needs no value that is missing; and what holds an update back is told first.
    pub(super) fn missing_observation(
        &self,
        input: &Input<'_>,
        service: &Service,
    ) -> Option<Reason> {
        let newest = service.newest()?;
        if self.is_in_progress(input, service) && !self.edited {
            return None;
        }
        let unknown = || {
            unknown_in_force(
                &input.desired.configuration,
                &newest.configuration,
                managed_groups(input, service).as_ref(),
                &self.diff.cleared(),
            )
        };
        let nothing_to_send = self.diff.is_empty() && !self.mode_switched && !self.restart;
        let differs = !self.diff.differences.is_empty();
        let held = self.rolled_back || self.not_converging || self.report_only;
        let missing = match self.diff.not_comparable.first() {
            Some(_) if differs && (self.edited || held) => unknown(),
            Some(first) => Some(*first),
            None if nothing_to_send => None,
            None => unknown(),
        };
        Some(Reason::Unreadable(missing?.failure(service)))
    }
}

/// What `Synced` says of fields that cannot be compared.
pub(super) fn message(not_comparable: &[NotComparable], cause: &str) -> String {
    let paths: Vec<&str> = not_comparable.iter().map(|it| it.field.path()).collect();
    format!("{} cannot be compared yet: {cause}", paths.join(", "))
}
