//! The port's calls, each with its API action.

use std::collections::BTreeMap;

use aws_sdk_ecs::{config::IdentityCache, types::ExpressGatewayServiceInclude};

use super::{
    Created, Ecs, ServiceRecord, Updated,
    aws::{AwsEcs, sent_once},
    classify::{is_an_answer, operation},
    translate::{answers, deployments, managed, requests},
};
use crate::{
    api::status::{DeploymentStatus, ManagedResource},
    core::{
        decide::requests::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
        desired::identity::{Caller, ServiceArn},
        observed::{
            failure::Failure,
            service::{Missing, Observed},
        },
        redaction::redact::Redactor,
    },
};

/// Number of deployments to list, the newest first.
const DEPLOYMENTS: i32 = 20;

impl Ecs for AwsEcs {
    async fn caller(&self) -> Result<Caller, Failure> {
        self.current_caller().await
    }

    async fn verify_caller(&self) -> Result<Caller, Failure> {
        self.asked_caller().await.map(|known| known.caller)
    }

    fn doubt_caller(&self) {
        self.forget_caller();
    }

    async fn describe(&self, arn: &ServiceArn, redactor: &Redactor) -> Observed {
        let sent = self
            .client(arn)
            .describe_express_gateway_service()
            .service_arn(arn.to_string())
            .include(ExpressGatewayServiceInclude::Tags)
            .send();
        match self.timed(operation::DESCRIBE, arn, redactor, sent).await {
            Ok(answer) => answers::observed(answer.service(), redactor),
            Err(failure) if is_an_answer(operation::DESCRIBE, failure.kind) => {
                Observed::Missing(Missing::NotFound)
            }
            Err(failure) => Observed::Unreadable(failure),
        }
    }

    async fn service(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> Result<ServiceRecord, Failure> {
        let sent = self
            .client(arn)
            .describe_services()
            .cluster(&arn.cluster)
            .services(arn.to_string())
            .send();
        match self.timed(operation::SERVICES, arn, redactor, sent).await {
            Ok(answer) => answers::service_record(answer.services(), answer.failures(), redactor),
            Err(failure) if is_an_answer(operation::SERVICES, failure.kind) => {
                Ok(ServiceRecord::Missing)
            }
            Err(failure) => Err(failure),
        }
    }

    async fn deployments(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> Result<Vec<DeploymentStatus>, Failure> {
        let client = self.client(arn);
        let sent = client
            .list_service_deployments()
            .cluster(&arn.cluster)
            .service(arn.to_string())
            .max_results(DEPLOYMENTS)
            .send();
        let answer = self
            .timed(operation::LIST_DEPLOYMENTS, arn, redactor, sent)
            .await?;
        let mut found = deployments::newest_first(answer.service_deployments(), redactor);
        let to_describe = deployments::to_describe(&found);
        if !to_describe.is_empty() {
            let sent = client
                .describe_service_deployments()
                .set_service_deployment_arns(Some(to_describe))
                .send();
            let details = self
                .timed(operation::DEPLOYMENTS, arn, redactor, sent)
                .await?;
            // A deployment that `failures` calls MISSING is too new for this read; the next one has it.
            deployments::complete(&mut found, details.service_deployments(), redactor);
        }
        Ok(found)
    }

    async fn managed_resources(
        &self,
        arn: &ServiceArn,
        revision: &str,
        redactor: &Redactor,
    ) -> Result<Vec<ManagedResource>, Failure> {
        let sent = self
            .client(arn)
            .describe_service_revisions()
            .service_revision_arns(revision)
            .send();
        match self.timed(operation::REVISIONS, arn, redactor, sent).await {
            Ok(answer) => {
                managed::resources(answer.service_revisions(), answer.failures(), redactor)
            }
            Err(failure) if is_an_answer(operation::REVISIONS, failure.kind) => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    async fn tags(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let sent = self
            .client(arn)
            .list_tags_for_resource()
            .resource_arn(arn.to_string())
            .send();
        let answer = self
            .timed(operation::LIST_TAGS, arn, redactor, sent)
            .await?;
        Ok(answers::tags(answer.tags()))
    }

    async fn create(
        &self,
        request: &CreateRequest,
        redactor: &Redactor,
    ) -> Result<Created, Failure> {
        let arn = &request.arn;
        let signed_for_account = sent_once()
            .credentials_provider(self.credentials_of(arn).await?)
            .identity_cache(IdentityCache::no_cache());
        let builder = self.client(arn).create_express_gateway_service();
        let sent = requests::create(builder, request)?
            .customize()
            .config_override(signed_for_account)
            .send();
        let answer = self.timed(operation::CREATE, arn, redactor, sent).await?;
        Ok(answers::created(answer.service(), request))
    }

    async fn update(
        &self,
        request: &UpdateRequest,
        redactor: &Redactor,
    ) -> Result<Updated, Failure> {
        let arn = &request.arn;
        let builder = self.client(arn).update_express_gateway_service();
        let sent = requests::update(builder, request)?
            .customize()
            .config_override(sent_once())
            .send();
        let answer = self.timed(operation::UPDATE, arn, redactor, sent).await?;
        Ok(answers::updated(answer.service()))
    }

    async fn delete(&self, arn: &ServiceArn, redactor: &Redactor) -> Result<(), Failure> {
        let sent = self
            .client(arn)
            .delete_express_gateway_service()
            .service_arn(arn.to_string())
            .customize()
            .config_override(sent_once())
            .send();
        match self.timed(operation::DELETE, arn, redactor, sent).await {
            Ok(_) => Ok(()),
            Err(failure) if is_an_answer(operation::DELETE, failure.kind) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn tag(&self, request: &TagRequest, redactor: &Redactor) -> Result<(), Failure> {
        let TagRequest { arn, tags } = request;
        let sent = self
            .client(arn)
            .tag_resource()
            .resource_arn(arn.to_string())
            .set_tags(Some(requests::tags(tags)))
            .customize()
            .config_override(sent_once())
            .send();
        self.timed(operation::TAG, arn, redactor, sent)
            .await
            .map(drop)
    }

    async fn untag(&self, request: &UntagRequest, redactor: &Redactor) -> Result<(), Failure> {
        let UntagRequest { arn, keys } = request;
        let sent = self
            .client(arn)
            .untag_resource()
            .resource_arn(arn.to_string())
            .set_tag_keys(Some(keys.iter().cloned().collect()))
            .customize()
            .config_override(sent_once())
            .send();
        self.timed(operation::UNTAG, arn, redactor, sent)
            .await
            .map(drop)
    }
}
