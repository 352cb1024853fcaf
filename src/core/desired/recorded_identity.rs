//! The identity on record: from the first call on only that ARN is addressed.

use crate::{
    api::{ExpressService, FINALIZER, annotations},
    core::desired::identity::ServiceArn,
};

/// Whether the recorded identity is the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityCheck {
    /// It is, or none was recorded.
    Same,
    /// It is not; both are told.
    Changed {
        /// ARN and cluster-id on record.
        recorded: String,
        /// ARN and cluster-id that the operator would use now.
        now: String,
    },
}

/// Identity on record: annotations, else the status.
pub(crate) struct RecordedIdentity {
    pub(crate) annotated: bool,
    pub(crate) arn: Option<ServiceArn>,
    unreadable: Option<String>,
    cluster_id: Option<String>,
}

/// Living without a finalizer: identity annotations are then a copy, of another cluster perhaps, and mean nothing.
pub(crate) fn is_unclaimed(object: &ExpressService) -> bool {
    object.metadata.deletion_timestamp.is_none() && !has_finalizer(object)
}

/// Whether the operator's finalizer is on the object.
pub fn has_finalizer(object: &ExpressService) -> bool {
    let mut finalizers = object.metadata.finalizers.iter().flatten();
    finalizers.any(|finalizer| finalizer == FINALIZER)
}

impl RecordedIdentity {
    pub(crate) fn nothing() -> Self {
        Self {
            annotated: false,
            arn: None,
            unreadable: None,
            cluster_id: None,
        }
    }

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

    pub(crate) fn check(&self, here: &ServiceArn, cluster_id: &str) -> IdentityCheck {
        let recorded_id = self.cluster_id.as_deref().unwrap_or(cluster_id);
        let recorded_arn = match (&self.unreadable, &self.arn) {
            (Some(text), _) => text.clone(),
            (None, Some(arn)) => arn.to_string(),
            (None, None) => here.to_string(),
        };
        if recorded_id == cluster_id && recorded_arn == here.to_string() {
            return IdentityCheck::Same;
        }
        IdentityCheck::Changed {
            recorded: format!("{recorded_arn} with cluster-id {recorded_id}"),
            now: format!("{here} with cluster-id {cluster_id}"),
        }
    }
}
