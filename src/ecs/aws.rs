//! The adapter to AWS: configuration, clients, timeouts and attempts, and the measurement of each call.

use std::{
    error::Error,
    future::Future,
    sync::Arc,
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
    answer_limit::AnswerLimit,
    caller_cache::CallerCache,
    classify::{is_an_answer, operation},
    clients::Clients,
    credentials::TrackedCredentials,
    sdk_error::{causes, failure},
};
use crate::{
    core::{
        desired::identity::ServiceArn,
        observed::failure::{Class, Failure, FailureKind},
        redaction::redact::Redactor,
    },
    telemetry::{
        health::Health,
        metrics::{AnswerClass, Calls},
    },
};

/// Timeout of a call with all its attempts. The SDK has no such limit by default.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(20);
/// Timeout of one attempt of a call.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(8);
/// Timeout for opening a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Attempts of a read. A call that changes something is sent once, since Create has no client token.
pub const READ_ATTEMPTS: u32 = 3;

/// Timeouts of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a call with all its attempts.
    pub operation: Duration,
    /// For one attempt of a call.
    pub attempt: Duration,
    /// For opening a connection.
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

/// Why AWS cannot be called at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// No Region is configured.
    #[error("no AWS Region is set; set AWS_REGION or --aws-region")]
    NoRegion,
    /// The SDK's chain found no credentials.
    #[error(
        "no AWS credentials were found ({0}); give the operator's ServiceAccount a role through IRSA or EKS Pod Identity, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )]
    NoCredentials(String),
    /// The SDK's chain found credentials that cannot be used.
    #[error(
        "AWS credentials could not be loaded ({0}); check the role of the operator's ServiceAccount, its trust policy, and that STS can be reached"
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

/// Implementation of [`super::Ecs`] with the AWS SDK.
#[derive(Debug)]
pub struct AwsEcs {
    config: SdkConfig,
    timeouts: Timeouts,
    default_region: String,
    clients: Clients,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) credentials: Arc<TrackedCredentials>,
    pub(super) caller_cache: CallerCache,
    health: Health,
    calls: Calls,
}

impl AwsEcs {
    /// Loads credentials and endpoints (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_ECS`, `AWS_ENDPOINT_URL_STS`) as the SDK
    /// does by default, and also the Region, unless one is given.
    ///
    /// # Errors
    ///
    /// If no Region is configured, or no credentials can be loaded.
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

    /// Uses a given configuration; makes no call.
    ///
    /// # Errors
    ///
    /// If the configuration has no Region or no provider of credentials.
    pub fn from_sdk_config(config: SdkConfig, timeouts: Timeouts) -> Result<Self, ConnectError> {
        let default_region = config
            .region()
            .map(ToString::to_string)
            .filter(|region| !region.is_empty())
            .ok_or(ConnectError::NoRegion)?;
        let chain = config.credentials_provider().ok_or_else(|| {
            ConnectError::NoCredentials("the configuration has no credentials provider".to_owned())
        })?;
        let credentials = TrackedCredentials::new(chain);
        let shared: Arc<dyn ProvideCredentials> = credentials.clone();
        let config = config
            .into_builder()
            // All clients share one provider, so its credentials have one entry in the SDK's cache.
            .credentials_provider(SharedCredentialsProvider::from(shared))
            .build();
        let sts = aws_sdk_sts::config::Builder::from(&config)
            .interceptor(AnswerLimit)
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
            caller_cache: CallerCache::default(),
            health: Health::default(),
            calls: Calls::default(),
        })
    }

    /// Returns the Region of the services whose spec names none.
    pub fn default_region(&self) -> &str {
        &self.default_region
    }

    /// Returns the metrics of the calls.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Reports to `health` whether AWS accepts the credentials.
    #[must_use]
    pub fn with_health(self, health: Health) -> Self {
        Self { health, ..self }
    }

    /// Returns the client of the Region of a service.
    pub(super) fn client(&self, arn: &ServiceArn) -> aws_sdk_ecs::Client {
        self.clients
            .of(&arn.region, || self.new_client(&arn.region))
    }

    fn new_client(&self, region: &str) -> aws_sdk_ecs::Client {
        let config = aws_sdk_ecs::config::Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .interceptor(AnswerLimit)
            .timeout_config(self.timeouts.into())
            .retry_config(read_attempts())
            .build();
        aws_sdk_ecs::Client::from_conf(config)
    }

    /// Waits for a call, counts it, and logs its result, but never the request.
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
            Ok(_) => {
                tracing::debug!(operation, %service, milliseconds, outcome = class.as_str(), "called AWS");
            }
            Err(Failure {
                operation: _,
                kind,
                effect,
                code,
                message,
            }) => tracing::debug!(
                operation, %service, milliseconds, outcome = class.as_str(), ?kind, ?effect, %code, text = %message,
                "called AWS"
            ),
        }
        result
    }

    /// Forgets the caller, so that the next one that asks for it asks STS.
    pub(super) fn forget_caller(&self) {
        self.caller_cache.clear();
    }

    /// Derives from an answer whether AWS accepts the credentials: only an answer of AWS shows that it does. If ECS
    /// does not accept them, STS has to tell whether that is due to the credentials or to the Region.
    fn judge_credentials<T>(&self, operation: &'static str, answer: &Result<T, Failure>) {
        match answer {
            Ok(_) => self.health.set_aws(Ok::<(), &Failure>(())),
            Err(failure) => match failure.kind {
                kind if is_an_answer(operation, kind) => {
                    self.health.set_aws(Ok::<(), &Failure>(()));
                }
                FailureKind::CredentialsUnavailable => self.health.aws_fails(failure),
                kind if operation == operation::CALLER => match kind.class() {
                    Class::Retry => self.health.aws_fails(failure),
                    Class::Blocked | Class::Invalid => self.health.set_aws(Err(failure)),
                },
                FailureKind::CredentialsNotAccepted | FailureKind::AnotherAccount => {
                    self.forget_caller();
                }
                _ => {}
            },
        }
    }
}

/// Class of an answer, for the log and the metrics.
fn class<T>(operation: &'static str, answer: &Result<T, Failure>) -> AnswerClass {
    match answer {
        Ok(_) => AnswerClass::Ok,
        Err(failure) if is_an_answer(operation, failure.kind) => AnswerClass::Ok,
        Err(failure) => AnswerClass::Failed(failure.kind.class()),
    }
}

/// The SDK's standard retries, for reads.
fn read_attempts() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(READ_ATTEMPTS)
}

/// The configuration of a call that changes something: it is sent once, whatever the answer is.
pub(super) fn sent_once() -> aws_sdk_ecs::config::Builder {
    aws_sdk_ecs::Config::builder().retry_config(RetryConfig::disabled())
}
