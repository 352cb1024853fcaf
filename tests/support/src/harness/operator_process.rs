//! An operator process: the shipped reconcile loop and AWS adapter, with a clock of the test's.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_sdk_ecs::config::{AsyncSleep, Sleep};
use ecs_express_emulator::Emulator;
use ecs_express_operator::{
    controller::context::{Clock, Context, Settings},
    core::desired::identity::{Caller, OperatorIdentity},
    ecs::aws::{AwsEcs, Timeouts},
    telemetry::health::Health,
};
use jiff::Timestamp;

use crate::harness::api_server::ApiServer;

/// An operator process.
pub type Operator = Context<AwsEcs, ApiServer, TestClock>;

/// A clock that starts at the real time and that only the test advances; random numbers are always their mean.
#[derive(Clone)]
pub struct TestClock {
    began: Timestamp,
    passed: Arc<AtomicU64>,
}

impl Default for TestClock {
    fn default() -> Self {
        Self {
            began: Timestamp::now(),
            passed: Arc::default(),
        }
    }
}

impl TestClock {
    pub fn advance(&self, span: Duration) {
        let milliseconds = u64::try_from(span.as_millis()).unwrap();
        self.passed.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn wall(&self) -> Timestamp {
        self.began + self.uptime()
    }

    fn uptime(&self) -> Duration {
        Duration::from_millis(self.passed.load(Ordering::SeqCst))
    }

    fn random(&self) -> f64 {
        0.5
    }
}

/// How much shorter the SDK's pauses between attempts are; its timeouts are longer by the same factor.
const FASTER: u32 = 50;

#[derive(Clone, Debug)]
struct FastSleep;

impl AsyncSleep for FastSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(duration / FASTER))
    }
}

/// A new operator process, which knows only what is stored.
pub fn operator(
    emulator: &Emulator,
    api: &ApiServer,
    clock: &TestClock,
    access_key: &str,
) -> Operator {
    let keys = aws_credential_types::Credentials::new(access_key, "secret", None, None, "test");
    operator_with(
        emulator,
        api,
        clock,
        aws_credential_types::provider::SharedCredentialsProvider::new(keys),
    )
}

/// A new operator process with these credentials.
pub fn operator_with(
    emulator: &Emulator,
    api: &ApiServer,
    clock: &TestClock,
    credentials: aws_credential_types::provider::SharedCredentialsProvider,
) -> Operator {
    let config = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
        .endpoint_url(emulator.url())
        .sleep_impl(FastSleep)
        .region(aws_config::Region::new("eu-west-1"))
        .credentials_provider(credentials)
        .build();
    let Timeouts {
        operation,
        attempt,
        connect,
    } = Timeouts::default();
    let timeouts = Timeouts {
        operation: operation * FASTER,
        attempt: attempt * FASTER,
        connect: connect * FASTER,
    };
    let health = Health::default();
    let ecs = AwsEcs::from_sdk_config(config, timeouts)
        .unwrap()
        .with_health(health.clone());
    let identity = OperatorIdentity {
        caller: Caller {
            partition: "aws".into(),
            account: "123456789012".into(),
        },
        region: "eu-west-1".into(),
        cluster_id: "cluster-1".into(),
    };
    Context::new(
        ecs,
        api.clone(),
        clock.clone(),
        Settings::default(),
        identity,
    )
    .with_health(health)
}
