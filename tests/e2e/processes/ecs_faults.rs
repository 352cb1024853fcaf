//! ECS loses answers, hangs, throttles, or lags during each lifecycle.

use futures::{StreamExt, stream};
use serde_json::json;

use ecs_express_emulator::Fault;

use super::{
    call::Kind,
    checks::{Circumstance, violations_in},
    cluster::{Cluster, run},
    lifecycle::Lifecycle,
    outages::mutation,
    testbed::Testbed,
};

/// How many lifecycles run at the same time.
const AT_ONCE: usize = 10;

/// What is wrong with ECS.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// The call that changes the service takes effect; its answer is lost.
    AnswerLost,
    /// The same, and the client waits for the answer in vain.
    Hangs,
    /// The same, and half of the answer arrives.
    AnswerCut,
    /// The call that changes the service has no effect; the answer is an error of the server.
    ServerError,
    /// The next calls are throttled.
    Throttled,
    /// Every answer of the next calls is late.
    Late,
    /// Reads show the state of a while ago.
    Lagging,
}

impl Trouble {
    const ALL: [Self; 7] = [
        Self::AnswerLost,
        Self::Hangs,
        Self::AnswerCut,
        Self::ServerError,
        Self::Throttled,
        Self::Late,
        Self::Lagging,
    ];

    fn circumstance(self) -> Circumstance {
        match self {
            Self::AnswerLost | Self::Hangs | Self::AnswerCut | Self::Late => Circumstance::Ordinary,
            Self::ServerError | Self::Throttled => Circumstance::CallsFail,
            Self::Lagging => Circumstance::ReadsLag,
        }
    }

    fn inflict(self, lifecycle: Lifecycle, testbed: &Testbed) {
        let Kind::Aws(action) = mutation(lifecycle) else {
            unreachable!("services are in ECS");
        };
        let emulator = &testbed.emulator;
        let fault = |action: &str, code: &str| Fault::new(action, code, "a fault of the test");
        match self {
            Self::AnswerLost => emulator.fail_next(fault(&action, "ConnectionReset").applied()),
            Self::Hangs => emulator.fail_next(fault(&action, "Timeout").applied()),
            Self::AnswerCut => emulator.fail_next(fault(&action, "Cut")),
            Self::ServerError => emulator.fail_next(fault(&action, "ServerException")),
            Self::Throttled => emulator.fail_next(fault("*", "ThrottlingException").times(10)),
            Self::Late => emulator.fail_next(Fault::late("*", 700).times(15)),
            Self::Lagging => {
                let reads = ["DescribeExpressGatewayService", "DescribeServices"];
                let lags = reads.map(|action| (action.to_owned(), json!(LAG)));
                let lags = serde_json::Map::from_iter(lags);
                emulator
                    .change_settings(&json!({"readLagSeconds": lags}))
                    .unwrap();
            }
        }
    }
}

/// In virtual seconds: each observation shows what the one before it should have shown.
const LAG: u64 = 100;

async fn violations_during(lifecycle: Lifecycle, trouble: Trouble) -> Vec<String> {
    let name = format!("{lifecycle:?}-{trouble:?}").to_lowercase();
    let testbed = Testbed::new(Cluster::shared().await, &name).await;
    lifecycle.prepare(&testbed).await.unwrap();
    trouble.inflict(lifecycle, &testbed);
    let ended = match lifecycle.run(&testbed).await {
        Ok(()) => testbed.until_observed_again().await,
        Err(error) => Err(error),
    };
    let violations = violations_in(trouble.circumstance(), lifecycle, &testbed);
    let found = ended.err().into_iter().chain(violations);
    found
        .map(|violation| format!("{name}: {violation}"))
        .collect()
}

#[test]
fn each_lifecycle_ends_as_it_should_whatever_is_wrong_with_ecs_meanwhile() {
    run(async {
        let cases = Lifecycle::ALL
            .into_iter()
            .flat_map(|lifecycle| Trouble::ALL.map(|trouble| (lifecycle, trouble)));
        let found: Vec<Vec<String>> = stream::iter(cases)
            .map(|(lifecycle, trouble)| violations_during(lifecycle, trouble))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let found = found.concat();
        assert!(found.is_empty(), "{found:#?}");
    });
}
