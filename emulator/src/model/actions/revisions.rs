//! DescribeServiceRevisions.

use serde_json::{Value, json};

use crate::model::{
    answers::{member_lag::omit_lagging_members, revision::revision_to_wire},
    api::{
        answer::missing_failure,
        arn::{Caller, ServiceArn},
        error::ApiError,
        request::{ArnsRequest, check_count, parse_body},
    },
    services::service::State,
    state::model::Model,
};

impl Model {
    pub(in crate::model) fn describe_revisions(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ArnsRequest = parse_body(body)?;
        let arns = request.service_revision_arns;
        check_count("ServiceRevisionArns", &arns)?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for arn in &arns {
            let owner = ServiceArn::owner(arn, "service-revision", caller)?;
            let Some(service) = self.visible_service(&owner) else {
                failures.push(missing_failure(arn));
                continue;
            };
            if let State::Inactive { .. } = service.state {
                return Err(ApiError::invalid_parameter(
                    "Cannot call DescribeServiceRevisions for a service that is INACTIVE",
                ));
            }
            match service.revisions.iter().position(|known| known.arn == *arn) {
                Some(index) => {
                    let mut wire = revision_to_wire(service, index, &self.settings);
                    let created_at = service.revisions[index].created_at;
                    omit_lagging_members(
                        &mut wire["ecsManagedResources"],
                        created_at,
                        &self.settings,
                        self.now,
                    );
                    found.push(wire);
                }
                None => failures.push(missing_failure(arn)),
            }
        }
        Ok(json!({ "serviceRevisions": found, "failures": failures }))
    }
}
