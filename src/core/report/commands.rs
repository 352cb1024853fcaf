//! Commands to paste, as messages show them.

use crate::{api::annotations, core::desired::object::Desired};

/// A value for an annotation that is another each time.
pub(crate) const NOW: &str = "$(date +%s)";

/// The command that asks for another try.
pub(crate) fn ask_for_a_retry(desired: &Desired) -> String {
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
