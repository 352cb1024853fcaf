//! Commands to paste, as messages show them.

use crate::{api::annotations, core::desired::object::Desired};

/// The current time: a value for an annotation that differs on every run of the command.
const NOW: &str = "$(date +%s)";

/// The command that requests a retry.
pub(crate) fn retry_command(desired: &Desired) -> String {
    annotate(desired, annotations::RETRY, NOW)
}

/// The command that sets an annotation on the object.
pub(crate) fn annotate(desired: &Desired, annotation: &str, value: &str) -> String {
    let object = &desired.object;
    format!(
        "kubectl annotate --overwrite -n {} xsvc/{} {annotation}={value}",
        object.namespace, object.name
    )
}
