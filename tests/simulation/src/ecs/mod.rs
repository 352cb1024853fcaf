//! The port to AWS over the requests of a process: what the adapter on the AWS SDK does, without SDK and HTTP.

pub mod answers;
pub mod failures;
pub mod requests;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use ecs_express_operator::{
    api::status::{DeploymentStatus, ManagedResource},
    core::{
        decide::requests::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
        desired::identity::{Caller, ServiceArn},
        observed::{
            failure::{Effect, Failure, FailureKind},
            service::{Missing, Observed},
        },
        redaction::redact::Redactor,
    },
    ecs::{
        Created, Ecs, ServiceRecord, Updated,
        classify::{is_an_answer, operation},
    },
};
use serde_json::{Value, json};

use self::failures::failure;
use crate::{
    link::{Credentials, Link, lock},
    request::{Answer, AwsError, Request},
};

/// The port to AWS of one process.
#[derive(Debug)]
pub struct ModelEcs {
    link: Arc<Link>,
    region: String,
    caller: Mutex<Option<(u64, Caller)>>,
    doubted: AtomicBool,
}

impl ModelEcs {
    /// The port of the process with this link.
    pub fn new(link: Arc<Link>, region: &str) -> Self {
        Self {
            link,
            region: region.to_owned(),
            caller: Mutex::default(),
            doubted: AtomicBool::default(),
        }
    }

    async fn call(
        &self,
        action: &'static str,
        region: &str,
        body: Value,
        redactor: &Redactor,
    ) -> Result<Value, Failure> {
        let account = match &lock(&self.link.credentials).1 {
            Credentials::Valid(account) | Credentials::Expired(account) => account.clone(),
            Credentials::None => String::new(),
        };
        let request = Request::Aws {
            action,
            account,
            region: region.to_owned(),
            body,
        };
        let answer = match self.link.send(request).await {
            Answer::Aws(answer) => answer,
            Answer::Object(_) | Answer::Published => Err(AwsError::NoAnswer("UnknownFailure")),
        };
        answer.map_err(|error| failure(action, &error, redactor))
    }

    /// The caller, from the cache until the credentials change; as in the adapter on the SDK.
    async fn known_caller(&self) -> Result<Caller, Failure> {
        let changes = lock(&self.link.credentials).0;
        let known = lock(&self.caller).clone();
        if let Some((at, caller)) = known
            && at == changes
            && !self.doubted.load(Ordering::Relaxed)
        {
            return Ok(caller);
        }
        self.asked_caller().await
    }

    async fn asked_caller(&self) -> Result<Caller, Failure> {
        let changes = lock(&self.link.credentials).0;
        let redactor = Redactor::nothing_hidden();
        let answer = self
            .call(operation::CALLER, &self.region, json!({}), &redactor)
            .await?;
        let caller = answers::caller(&answer)?;
        self.doubted.store(false, Ordering::Relaxed);
        *lock(&self.caller) = Some((changes, caller.clone()));
        Ok(caller)
    }
}

impl Ecs for ModelEcs {
    async fn caller(&self) -> Result<Caller, Failure> {
        self.known_caller().await
    }

    async fn verify_caller(&self) -> Result<Caller, Failure> {
        self.asked_caller().await
    }

    fn doubt_caller(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    async fn describe(&self, arn: &ServiceArn, redactor: &Redactor) -> Observed {
        let body = json!({"serviceArn": arn.to_string(), "include": ["TAGS"]});
        match self
            .call(operation::DESCRIBE, &arn.region, body, redactor)
            .await
        {
            Ok(answer) => answers::observed(&answer["service"], redactor),
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
        let body = json!({"cluster": arn.cluster, "services": [arn.to_string()]});
        match self
            .call(operation::SERVICES, &arn.region, body, redactor)
            .await
        {
            Ok(answer) => answers::service_record(&answer, redactor),
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
        let body = json!({"cluster": arn.cluster, "service": arn.to_string(), "maxResults": 20});
        let answer = self
            .call(operation::LIST_DEPLOYMENTS, &arn.region, body, redactor)
            .await?;
        let mut found = answers::deployments(&answer, redactor);
        let unfinished = answers::to_describe(&found);
        if !unfinished.is_empty() {
            let body = json!({ "serviceDeploymentArns": unfinished });
            let details = self
                .call(operation::DEPLOYMENTS, &arn.region, body, redactor)
                .await?;
            answers::complete(&mut found, &details, redactor);
        }
        Ok(found)
    }

    async fn managed_resources(
        &self,
        arn: &ServiceArn,
        revision: &str,
        redactor: &Redactor,
    ) -> Result<Vec<ManagedResource>, Failure> {
        let body = json!({ "serviceRevisionArns": [revision] });
        match self
            .call(operation::REVISIONS, &arn.region, body, redactor)
            .await
        {
            Ok(answer) => answers::managed_resources(&answer, redactor),
            Err(failure) if is_an_answer(operation::REVISIONS, failure.kind) => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    async fn tags(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let body = json!({ "resourceArn": arn.to_string() });
        let answer = self
            .call(operation::LIST_TAGS, &arn.region, body, redactor)
            .await?;
        Ok(answers::tags(&answer["tags"]))
    }

    async fn create(
        &self,
        request: &CreateRequest,
        redactor: &Redactor,
    ) -> Result<Created, Failure> {
        let arn = &request.arn;
        let caller = self.known_caller().await.map_err(|failure| Failure {
            effect: Effect::None,
            ..failure
        })?;
        if caller.account != arn.account || caller.partition != arn.partition {
            return Err(Failure {
                operation: operation::CREATE,
                kind: FailureKind::AnotherAccount,
                effect: Effect::None,
                code: "CredentialsChanged".to_owned(),
                message: "the credentials have just changed, so nothing was sent".into(),
            });
        }
        let body = requests::create(request);
        let answer = self
            .call(operation::CREATE, &arn.region, body, redactor)
            .await?;
        Ok(answers::created(&answer["service"], request))
    }

    async fn update(
        &self,
        request: &UpdateRequest,
        redactor: &Redactor,
    ) -> Result<Updated, Failure> {
        let body = requests::update(request);
        let answer = self
            .call(operation::UPDATE, &request.arn.region, body, redactor)
            .await?;
        Ok(answers::updated(&answer["service"]))
    }

    async fn delete(&self, arn: &ServiceArn, redactor: &Redactor) -> Result<(), Failure> {
        let body = json!({ "serviceArn": arn.to_string() });
        match self
            .call(operation::DELETE, &arn.region, body, redactor)
            .await
        {
            Ok(_) => Ok(()),
            Err(failure) if is_an_answer(operation::DELETE, failure.kind) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn tag(&self, request: &TagRequest, redactor: &Redactor) -> Result<(), Failure> {
        let TagRequest { arn, tags } = request;
        let body = json!({"resourceArn": arn.to_string(), "tags": requests::tags(tags)});
        self.call(operation::TAG, &arn.region, body, redactor)
            .await
            .map(drop)
    }

    async fn untag(&self, request: &UntagRequest, redactor: &Redactor) -> Result<(), Failure> {
        let UntagRequest { arn, keys } = request;
        let body = json!({"resourceArn": arn.to_string(), "tagKeys": keys});
        self.call(operation::UNTAG, &arn.region, body, redactor)
            .await
            .map(drop)
    }
}
