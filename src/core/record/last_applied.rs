//! The record of a configuration that was applied.

use crate::{
    api::operator_state::{LastApplied, OperatorState},
    core::{
        decide::{assessment::Assessment, difference::fields_in_force, input::Input},
        diff::compare::Diff,
    },
};

/// The record of the spec, which the newest revision matches.
pub(crate) fn applied(
    input: &Input<'_>,
    assessment: &Assessment,
    state: &OperatorState,
    revision: Option<String>,
) -> LastApplied {
    let desired = input.desired;
    let mut tag_keys = state.tag_keys_set_before();
    tag_keys.retain(|key| assessment.tags.remove.contains(key));
    tag_keys.extend(desired.user_tags.keys().cloned());
    LastApplied {
        hash: desired.configuration.hash(),
        rollout_hash: desired.configuration.rollout_hash(),
        tags_hash: if assessment.tags.is_empty() {
            Some(desired.tags_hash())
        } else {
            state
                .last_applied
                .as_ref()
                .and_then(|applied| applied.tags_hash.clone())
        },
        mode: desired.mode.as_str().to_owned(),
        fields: fields_in_force(input, &assessment.diff),
        tag_keys: tag_keys.into_iter().collect(),
        revision,
    }
}

/// The record of the spec that a create sends.
pub(crate) fn first_applied(input: &Input<'_>) -> LastApplied {
    let desired = input.desired;
    LastApplied {
        hash: desired.configuration.hash(),
        rollout_hash: desired.configuration.rollout_hash(),
        tags_hash: Some(desired.tags_hash()),
        mode: desired.mode.as_str().to_owned(),
        fields: fields_in_force(input, &Diff::default()),
        tag_keys: desired.user_tags.keys().cloned().collect(),
        revision: None,
    }
}

/// The record of the spec that an update sends.
pub(crate) fn sent_configuration(
    input: &Input<'_>,
    assessment: &Assessment,
    state: &OperatorState,
) -> LastApplied {
    let mut tag_keys = state.tag_keys_set_before();
    tag_keys.extend(input.desired.user_tags.keys().cloned());
    LastApplied {
        tag_keys: tag_keys.into_iter().collect(),
        ..applied(input, assessment, state, None)
    }
}

/// The record of an adopted service, to which no spec has been applied: every spec counts as an edit.
pub(crate) fn adopted(input: &Input<'_>) -> LastApplied {
    LastApplied {
        mode: input.desired.mode.as_str().to_owned(),
        ..LastApplied::default()
    }
}
