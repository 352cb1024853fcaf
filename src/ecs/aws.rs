//! The adapter to AWS: clients, time limits and attempts, and whose credentials these are.

use std::{
    error::Error,
    future::Future,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, error::CredentialsError,
};
use aws_sdk_ecs::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use super::{
    caller::KnownCaller,
    classify::is_an_answer,
    clients::Clients,
    credentials::NotedCredentials,
    sdk_error::{causes, failure},
};
use crate::{
    core::{
        desired::identity::ServiceArn, observed::failure::Failure, redaction::redact::Redactor,
    },
    telemetry::{
        health::Health,
        metrics::{AnswerClass, Calls},
    },
};

/// A call with all its attempts. The SDK has no such limit of its own.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(20);
/// One attempt of a call.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(8);
/// Making a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Attempts of a call that only reads. A call that changes something is sent once: Create has no client token.
pub const READ_ATTEMPTS: u32 = 3;

/// How long calls may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// A call with all its attempts.
    pub operation: Duration,
    /// One attempt of a call.
    pub attempt: Duration,
    /// Making a connection.
    pub connect: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            operation: OPERATION_TIMEOUT,
            attempt: ATTEMPT_TIMEOUT,
            connect: CONNECT_TIMEOUT,
        }
    }
}

impl From<Timeouts> for TimeoutConfig {
    fn from(timeouts: Timeouts) -> Self {
        let Timeouts {
            operation,
            attempt,
            connect,
        } = timeouts;
        Self::builder()
            .operation_timeout(operation)
            .operation_attempt_timeout(attempt)
            .connect_timeout(connect)
            .build()
    }
}

/// AWS cannot be called at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Neither a flag nor the environment names a Region.
    #[error("no AWS Region is set; set AWS_REGION or --aws-region")]
    NoRegion,
    /// The SDK's chain found no credentials.
    #[error(
        "no AWS credentials were found ({0}); give the operator's ServiceAccount a role by IRSA or EKS Pod Identity, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )]
    NoCredentials(String),
    /// The SDK's chain found credentials that cannot be used.
    #[error(
        "AWS credentials could not be loaded ({0}); check the role of the operator's ServiceAccount, its trust policy and the way to STS"
    )]
    Credentials(String),
}

impl From<CredentialsError> for ConnectError {
    fn from(error: CredentialsError) -> Self {
        let text = Redactor::nothing_hidden().show(&causes(&error)).into();
        if matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
            Self::NoCredentials(text)
        } else {
            Self::Credentials(text)
        }
    }
}

/// [`super::Ecs`] on AWS.
#[derive(Debug)]
pub struct AwsEcs {
    config: SdkConfig,
    timeouts: Timeouts,
    default_region: String,
    clients: Clients,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) credentials: Arc<NotedCredentials>,
    pub(super) caller: RwLock<Option<KnownCaller>>,
    pub(super) health: Health,
    calls: Calls,
}

impl AwsEcs {
    /// Region and credentials by the SDK's own chain, a given Region first; so are the endpoints
    /// (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_ECS`, `AWS_ENDPOINT_URL_STS`).
    pub async fn connect(
        default_region: Option<String>,
        timeouts: Timeouts,
    ) -> Result<Self, ConnectError> {
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .timeout_config(timeouts.into())
            .retry_config(read_attempts());
        if let Some(region) = default_region {
            loader = loader.region(Region::new(region));
        }
        let aws = Self::from_sdk_config(loader.load().await, timeouts)?;
        aws.credentials.probe().await?;
        Ok(aws)
    }

    /// With a configuration made elsewhere; makes no call.
    pub fn from_sdk_config(config: SdkConfig, timeouts: Timeouts) -> Result<Self, ConnectError> {
        let default_region = config
            .region()
            .map(ToString::to_string)
            .filter(|region| !region.is_empty())
            .ok_or(ConnectError::NoRegion)?;
        let chain = config.credentials_provider().ok_or_else(|| {
            ConnectError::NoCredentials("the configuration names no provider".to_owned())
        })?;
        let credentials = NotedCredentials::new(chain);
        let shared: Arc<dyn ProvideCredentials> = credentials.clone();
        let config = config
            .into_builder()
            // One shared provider: all clients find its credentials in one place of the SDK's cache.
            .credentials_provider(SharedCredentialsProvider::from(shared))
            .build();
        let sts = aws_sdk_sts::config::Builder::from(&config)
            .timeout_config(timeouts.into())
            .retry_config(read_attempts())
            .build();
        Ok(Self {
            sts: aws_sdk_sts::Client::from_conf(sts),
            config,
            timeouts,
            default_region,
            clients: Clients::default(),
            credentials,
            caller: RwLock::default(),
            health: Health::default(),
            calls: Calls::default(),
        })
    }

    /// The Region of those services whose spec names none.
    pub fn default_region(&self) -> &str {
        &self.default_region
    }

    /// The calls, counted.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Tells it whether AWS takes the credentials.
    #[must_use]
    pub fn with_health(self, health: Health) -> Self {
        Self { health, ..self }
    }

    /// The client of the Region of a service.
    pub(super) fn client(&self, arn: &ServiceArn) -> aws_sdk_ecs::Client {
        self.clients
            .of(&arn.region, || self.new_client(&arn.region))
    }

    fn new_client(&self, region: &str) -> aws_sdk_ecs::Client {
        let config = aws_sdk_ecs::config::Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .timeout_config(self.timeouts.into())
            .retry_config(read_attempts())
            .build();
        aws_sdk_ecs::Client::from_conf(config)
    }

    /// Waits for a call, and counts it, and says in the log how it went; never what was sent.
    pub(super) async fn timed<T, E>(
        &self,
        operation: &'static str,
        service: &(impl std::fmt::Display + Sync),
        redactor: &Redactor,
        sent: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let started = Instant::now();
        let result = sent
            .await
            .map_err(|error| failure(operation, &error, redactor));
        let took = started.elapsed();
        self.judge_credentials(operation, &result);
        let class = class(operation, &result);
        self.calls.count(operation, class, took);
        let milliseconds = took.as_millis();
        match &result {
            Ok(_) => tracing::debug!(operation, %service, milliseconds, outcome = class.as_str()),
            Err(Failure {
                operation: _,
                kind,
                effect,
                code,
                message,
            }) => tracing::debug!(
                operation, %service, milliseconds, outcome = class.as_str(), ?kind, ?effect, %code, text = %message
            ),
        }
        result
    }
}

/// Class of an answer, for log and metrics.
fn class<T>(operation: &'static str, answer: &Result<T, Failure>) -> AnswerClass {
    match answer {
        Ok(_) => AnswerClass::Ok,
        Err(failure) if is_an_answer(operation, failure.kind) => AnswerClass::Ok,
        Err(failure) => AnswerClass::Failed(failure.kind.class()),
    }
}

/// The SDK's standard retries, for calls that only read.
fn read_attempts() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(READ_ATTEMPTS)
}

/// For one call that changes something: it is sent once, whatever comes back.
pub(super) fn sent_once() -> aws_sdk_ecs::config::Builder {
    aws_sdk_ecs::Config::builder().retry_config(RetryConfig::disabled())
}
