//! The identity recorded on an object. From the first call that changes ECS on, calls address only the recorded ARN.

use crate::{
    api::{ExpressService, ExpressServiceStatus, FINALIZER, annotations},
    core::desired::identity::ServiceArn,
};

/// Result of comparing the recorded identity with the one computed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityCheck {
    /// The two are equal, or no identity is recorded yet.
    Same,
    /// The two differ, for example after a change of the AWS account or the cluster-id. Both appear in the message.
    Changed {
        /// Recorded ARN and cluster-id, as text.
        recorded: String,
        /// ARN and cluster-id that the operator would use now, as text.
        now: String,
    },
}

/// The identity read from the object: from its annotations, otherwise from its status.
pub(crate) struct RecordedIdentity {
    /// Whether both identity annotations are present.
    pub(crate) annotated: bool,
    /// The recorded ARN, if it can be parsed.
    pub(crate) arn: Option<ServiceArn>,
    /// The recorded text, if it is not the ARN of an ECS service.
    unreadable: Option<String>,
    /// The recorded id of the Kubernetes cluster.
    cluster_id: Option<String>,
}

/// Whether the object is not being deleted and lacks the operator's finalizer. Its identity annotations are then ignored:
/// they were copied with the manifest, possibly from another cluster. A status is not copied with a manifest.
pub(crate) fn is_unclaimed(object: &ExpressService) -> bool {
    object.metadata.deletion_timestamp.is_none() && !has_finalizer(object)
}

/// Whether the object carries the operator's finalizer.
pub fn has_finalizer(object: &ExpressService) -> bool {
    let mut finalizers = object.metadata.finalizers.iter().flatten();
    finalizers.any(|finalizer| finalizer == FINALIZER)
}

impl RecordedIdentity {
    /// The identity of an unclaimed object: that of the service which, according to its status, it created or adopted or may
    /// have created. Somebody then removed finalizer and annotations, for example with `kubectl replace`.
    pub(crate) fn of_known_service(object: &ExpressService) -> Self {
        let status = object.status.as_ref();
        // Even one of another scheme tells which service not to lose.
        let state = status.and_then(ExpressServiceStatus::stored_state);
        let known = state.and_then(|state| Some(&state.service.as_ref()?.arn));
        let in_doubt = state.is_some_and(|state| state.open_intent().is_some());
        let addressed = status.and_then(|status| status.service_arn.as_ref());
        let arn = known.or(addressed.filter(|_| in_doubt));
        Self {
            annotated: false,
            arn: arn.and_then(|arn| arn.parse().ok()),
            unreadable: None,
            cluster_id: None,
        }
    }

    /// Reads the identity from the annotations of an object, otherwise from its status.
    pub(crate) fn of(object: &ExpressService) -> Self {
        let annotation = |key: &str| object.metadata.annotations.as_ref()?.get(key);
        let annotated = annotation(annotations::SERVICE_ARN);
        let status = || object.status.as_ref()?.service_arn.as_ref();
        let text = annotated.or_else(status);
        let parsed = text.map(|text| text.parse::<ServiceArn>());
        Self {
            annotated: annotated.is_some() && annotation(annotations::CLUSTER_ID).is_some(),
            unreadable: match &parsed {
                Some(Err(err)) => Some(err.0.clone()),
                Some(Ok(_)) | None => None,
            },
            arn: parsed.and_then(Result::ok),
            cluster_id: annotation(annotations::CLUSTER_ID).cloned(),
        }
    }

    /// Compares the recorded identity with the computed one. What is not recorded counts as equal.
    pub(crate) fn check(&self, computed_arn: &ServiceArn, cluster_id: &str) -> IdentityCheck {
        let recorded_id = self.cluster_id.as_deref().unwrap_or(cluster_id);
        let recorded_arn = match (&self.unreadable, &self.arn) {
            (Some(text), _) => text.clone(),
            (None, Some(arn)) => arn.to_string(),
            (None, None) => computed_arn.to_string(),
        };
        if recorded_id == cluster_id && recorded_arn == computed_arn.to_string() {
            return IdentityCheck::Same;
        }
        IdentityCheck::Changed {
            recorded: format!("{recorded_arn} with cluster-id {recorded_id}"),
            now: format!("{computed_arn} with cluster-id {cluster_id}"),
        }
    }
}
