//! The API server stops in the middle of each lifecycle, or forgets what the operator has missed.

use futures::future::join_all;

use super::{
    call::Kind,
    checks::violations,
    cluster::{Cluster, run},
    lifecycle::Lifecycle,
    proxy::{At, Moment},
    testbed::Testbed,
};

/// The call of a lifecycle that changes a service.
pub fn mutation(lifecycle: Lifecycle) -> Kind {
    let action = match lifecycle {
        Lifecycle::Create => "CreateExpressGatewayService",
        Lifecycle::Update => "UpdateExpressGatewayService",
        Lifecycle::Adopt | Lifecycle::Retain => "TagResource",
        Lifecycle::Delete => "DeleteExpressGatewayService",
    };
    Kind::Aws(action.into())
}

/// The write that fences it.
pub fn fence(lifecycle: Lifecycle) -> Kind {
    let resource = match lifecycle {
        Lifecycle::Create => "expressservices",
        Lifecycle::Update | Lifecycle::Adopt | Lifecycle::Delete | Lifecycle::Retain => {
            "expressservices/status"
        }
    };
    Kind::Kubernetes(format!("PATCH {resource}"))
}

#[test]
fn an_api_server_that_stops_in_the_middle_of_each_lifecycle_loses_and_repeats_nothing() {
    run(async {
        let mut cluster = Cluster::start().await;
        let mut testbeds = Vec::new();
        for lifecycle in Lifecycle::ALL {
            let calls = [
                (fence(lifecycle), Moment::Before),
                (fence(lifecycle), Moment::After),
                (mutation(lifecycle), Moment::Before),
                (mutation(lifecycle), Moment::After),
            ];
            for (number, (call, moment)) in calls.into_iter().enumerate() {
                let namespace = format!("{lifecycle:?}-{number}").to_lowercase();
                let testbed = Testbed::new(&cluster, &namespace).await;
                lifecycle.prepare(&testbed).await.unwrap();
                let held = testbed.proxy.hold(0, At::First(call), moment);
                testbeds.push((lifecycle, testbed, held));
            }
        }
        let users = testbeds
            .iter()
            .map(|(lifecycle, testbed, _)| lifecycle.run(testbed));
        let outage = async {
            for (_, testbed, held) in &testbeds {
                testbed.until_held(held).await.unwrap();
            }
            cluster.plane.stop_apiserver().unwrap();
            let failures = testbeds.iter().map(async |(_, testbed, held)| {
                held.release();
                let fails = testbed.until_failed_write().await;
                fails.unwrap();
            });
            join_all(failures).await;
            cluster.plane.start_apiserver().unwrap();
        };
        let (ended, ()) = tokio::join!(join_all(users), outage);
        for ((lifecycle, testbed, _), ended) in testbeds.iter().zip(ended) {
            let namespace = &testbed.namespace;
            ended.unwrap_or_else(|error| panic!("{namespace}: {error}"));
            testbed.until_observed_again().await.unwrap();
            assert_eq!(violations(*lifecycle, testbed), [""; 0], "{namespace}");
        }
    });
}

#[test]
fn changes_that_an_expired_watch_has_missed_are_found() {
    run(async {
        let mut cluster = Cluster::start().await;
        let mut testbeds = Vec::new();
        for lifecycle in Lifecycle::ALL {
            let namespace = format!("{lifecycle:?}").to_lowercase();
            let testbed = Testbed::new(&cluster, &namespace).await;
            if lifecycle == Lifecycle::Create {
                // The watch is to miss the new object too.
                testbed.start_operator().await;
                testbed.until_watching().await.unwrap();
            } else {
                lifecycle.prepare(&testbed).await.unwrap();
            }
            testbeds.push((lifecycle, testbed));
        }
        for (_, testbed) in &testbeds {
            testbed.proxy.close_watches();
        }
        for (lifecycle, testbed) in &testbeds {
            lifecycle.change(testbed).await;
        }
        // A change of anything else, so that the newest revision is later than those changes.
        let later = ["create", "namespace", "later"];
        cluster.plane.kubectl_run(&later, None).unwrap();
        cluster.plane.compact_etcd().unwrap();
        cluster.plane.stop_apiserver().unwrap();
        cluster.plane.start_apiserver().unwrap();
        for (_, testbed) in &testbeds {
            testbed.proxy.open_watches();
        }
        for (lifecycle, testbed) in &testbeds {
            lifecycle.until_ended(testbed).await.unwrap();
            testbed.until_observed_again().await.unwrap();
            assert_eq!(violations(*lifecycle, testbed), [""; 0], "{lifecycle:?}");
            assert!(
                testbed.proxy.expired_watches() > 0,
                "{lifecycle:?}: no watch got 410 Gone"
            );
        }
    });
}
