//! Which security groups of a service belong to ECS itself.

use std::collections::BTreeSet;

use crate::core::{
    decide::input::Input,
    observed::service::{Service, service_security_groups},
};

/// Returns the IDs of the security groups that ECS created, or `None` while they are unknown.
///
/// ECS names them among the managed resources, in this answer or in an earlier one that the status keeps. If the present spec
/// was sent, they also follow by counting: ECS adds one group to those that are sent.
pub(crate) fn managed_groups<'a>(
    input: &Input<'a>,
    service: &'a Service,
) -> Option<BTreeSet<&'a str>> {
    let named = service.managed_security_groups();
    named
        .or_else(|| service_security_groups(input.managed_resources))
        .or_else(|| added_group(input, service))
}

fn added_group<'a>(input: &Input<'a>, service: &'a Service) -> Option<BTreeSet<&'a str>> {
    let configuration = &input.desired.configuration;
    let applied = input.state?.last_applied.as_ref()?;
    let newest = service.newest()?;
    if applied.hash != configuration.hash() || applied.revision.as_ref() != Some(&newest.arn) {
        return None;
    }
    let shown = &newest.configuration.network.security_groups;
    let added: BTreeSet<&str> = shown
        .difference(&configuration.network.security_groups)
        .map(String::as_str)
        .collect();
    (added.len() == 1).then_some(added)
}
