//! Two operators on the same object, without an election: what keeps them apart is the fence alone.

use std::time::{Duration, Instant};

use futures::future::join_all;

use super::{
    call::Kind,
    checks::violations,
    cluster::{Cluster, run},
    lifecycle::{Lifecycle, image},
    proxy::{At, Moment},
    testbed::Testbed,
};

/// Longer than a fence holds, as in production: else a call that is still fenced would come too late.
const SETTLE_WINDOW: &str = "7s";
/// Longer than the settle window, and than the five seconds for which a fence holds.
const FROZEN: Duration = Duration::from_secs(8);

async fn testbed(namespace: &str) -> Testbed {
    let testbed = Testbed::new(Cluster::shared().await, namespace).await;
    testbed.with_settle_window(SETTLE_WINDOW)
}

#[test]
fn two_operators_at_once_make_each_change_once() {
    run(async {
        let lifecycles = Lifecycle::ALL.map(async |lifecycle| {
            let testbed = testbed(&format!("two-{lifecycle:?}").to_lowercase()).await;
            if lifecycle == Lifecycle::Create {
                testbed.start_operator().await;
            }
            lifecycle.prepare(&testbed).await.unwrap();
            testbed.start_operator().await;
            testbed.until_both_watch().await.unwrap();
            lifecycle.change(&testbed).await;
            lifecycle.until_ended(&testbed).await.unwrap();
            testbed.until_observed_again().await.unwrap();
            assert_eq!(violations(lifecycle, &testbed), [""; 0], "{lifecycle:?}");
        });
        join_all(lifecycles).await;
    });
}

/// An operator is frozen between the answer to its fence and the call, until another operator has made that change, and
/// a later one. Thawed, it must not send what it had decided.
async fn frozen_behind_its_fence(lifecycle: Lifecycle, fence: Kind) {
    let testbed = testbed(&format!("frozen-{lifecycle:?}").to_lowercase()).await;
    lifecycle.prepare(&testbed).await.unwrap();
    let held = testbed.proxy.hold(0, At::First(fence), Moment::After);
    lifecycle.change(&testbed).await;
    if lifecycle == Lifecycle::Create {
        testbed.start_operator().await;
    }
    testbed.until_held(&held).await.unwrap();
    let fenced = Instant::now();
    testbed.signal_operator(0, "STOP");
    // The answer now waits in the socket of the frozen process.
    held.release();
    testbed.start_operator().await;
    lifecycle.until_ended(&testbed).await.unwrap();
    testbed.apply(&image("shop:3")).await;
    testbed.until_ready("shop:3").await.unwrap();
    // The passing of this time is the state that the test is about.
    tokio::time::sleep(FROZEN.saturating_sub(fenced.elapsed())).await;
    testbed.signal_operator(0, "CONT");
    testbed.until_observes(0).await.unwrap();
    testbed.until_ready("shop:3").await.unwrap();
    testbed.until_observed_again().await.unwrap();

    let counted = [
        "CreateExpressGatewayService",
        "UpdateExpressGatewayService",
        "DeleteExpressGatewayService",
    ];
    let counted = counted.map(|action| testbed.ecs_calls(action).len());
    let updates = usize::from(lifecycle == Lifecycle::Update) + 1;
    assert_eq!(counted, [1, updates, 0], "{lifecycle:?}");
    let calls = testbed.proxy.calls();
    let mut sent = calls.iter().filter(|call| call.process == 0);
    assert!(!sent.any(|call| call.kind == super::outages::mutation(lifecycle)));
}

#[test]
fn an_operator_that_is_frozen_before_its_create_or_update_does_not_send_it_when_it_is_thawed() {
    run(async {
        let fence = super::outages::fence;
        tokio::join!(
            frozen_behind_its_fence(Lifecycle::Create, fence(Lifecycle::Create)),
            frozen_behind_its_fence(Lifecycle::Update, fence(Lifecycle::Update)),
        );
    });
}
