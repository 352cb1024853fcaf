//! AWS without a network: the SDK's HTTP client answers from the input, so that the SDK parses what it says.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use ecs_express_operator::ecs::aws::{AwsEcs, Timeouts};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// The answers to each action. An action without an answer breaks the connection.
pub type Answers = BTreeMap<String, Answer>;

/// An answer over HTTP.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status; 200 if it is left out.
    #[serde(default = "ok")]
    pub status: u16,
    /// The body as JSON, which is sent as it is written.
    body: Option<Box<RawValue>>,
    /// The body, where it is no JSON.
    text: Option<String>,
    /// The header `x-amzn-errortype`.
    error_type: Option<String>,
}

const fn ok() -> u16 {
    200
}

impl Answer {
    /// A success with this body.
    pub fn of_text(text: String) -> Self {
        Self {
            status: ok(),
            body: None,
            text: Some(text),
            error_type: None,
        }
    }

    /// The body as it is sent.
    pub fn body(&self) -> &str {
        let json = self.body.as_deref().map(RawValue::get);
        json.or(self.text.as_deref()).unwrap_or_default()
    }
}

/// A request to AWS.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The name of the action.
    pub action: String,
    /// The body; null if it is no JSON.
    pub body: Value,
}

/// AWS as the input describes it; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct Aws(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    answers: Answers,
    seen: Vec<Seen>,
}

impl Aws {
    /// Answers in this way from now on.
    pub fn answer(&self, answers: Answers) {
        self.0.lock().unwrap().answers = answers;
    }

    /// The requests since the last time.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.0.lock().unwrap().seen)
    }

    /// The shipped adapter on these answers.
    pub fn adapter(&self) -> AwsEcs {
        let keys = Credentials::new("AKIDTEST", "secret", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .endpoint_url("http://aws.invalid")
            .http_client(self.clone())
            .build();
        AwsEcs::from_sdk_config(config, Timeouts::default()).unwrap()
    }

    fn serve(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let seen = seen(request);
        let mut state = self.0.lock().unwrap();
        let answer = state.answers.get(&seen.action).cloned();
        state.seen.push(seen);
        let answer = answer.ok_or_else(|| ConnectorError::io("the connection broke".into()))?;
        let status =
            StatusCode::try_from(answer.status).unwrap_or_else(|_| 500.try_into().unwrap());
        let mut response = HttpResponse::new(status, SdkBody::from(answer.body()));
        if let Some(error) = answer.error_type {
            // A text that is no header value is left out.
            let _ = response.headers_mut().try_insert("x-amzn-errortype", error);
        }
        Ok(response)
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.serve(&request))
    }
}

impl HttpClient for Aws {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn seen(request: &HttpRequest) -> Seen {
    let body = request.body().bytes().unwrap_or_default();
    let target = request.headers().get("x-amz-target");
    let action = target.and_then(|target| target.rsplit('.').next());
    // STS has another protocol, and the operator uses one action of it.
    Seen {
        action: action.unwrap_or("GetCallerIdentity").to_owned(),
        body: serde_json::from_slice(body).unwrap_or_default(),
    }
}

/// Runs a future on a clock that advances whenever everything waits.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}
