//! Which security groups of a service are those of ECS itself.

use std::collections::BTreeSet;

use crate::core::{
    decide::input::Input,
    observed::service::{Service, service_security_groups},
};

/// IDs of the security groups that ECS made: as it names them now, as the status has them from an earlier answer, or, where
/// this very spec was sent, by counting: ECS adds one to what is sent. `None` while nothing tells.
pub(crate) fn managed_groups<'a>(
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
    let applied = input.state?.last_applied.as_ref()?;
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
