//! Bad days: lost answers, what cannot be read, throttles, and credentials of another account.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::world::{CREATE, DELETE, DESCRIBE, UPDATE, World};

#[tokio::test]
async fn an_update_whose_answer_was_lost_is_not_sent_twice() {
    for code in ["ConnectionReset", "ServerException"] {
        for restart in [false, true] {
            let mut world = World::ready(&json!({})).await;
            world
                .emulator
                .fail_next(Fault::new(UPDATE, code, "lost").applied());
            world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
            world.pass().await;
            if restart {
                world.restart_operator().await;
            }
            world.until_ready().await;
            world.rests().await;
            assert_eq!(world.calls(UPDATE), 1, "{code}, restart: {restart}");
        }
    }
}

#[tokio::test]
async fn a_service_that_cannot_be_read_is_ready_unknown_and_nothing_is_destroyed() {
    for (code, text, reason) in [
        ("AccessDeniedException", "not authorized", "AccessDenied"),
        ("ClientException", "whatever", "Refused"),
        ("UnsupportedFeatureException", "not here", "Unsupported"),
        ("InvalidParameterException", "whatever", "InvalidParameter"),
        ("SomethingNewException", "who knows", "Refused"),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid",
            "CredentialsNotAccepted",
        ),
        ("ServerException", "oops", "Unavailable"),
        ("ThrottlingException", "Rate exceeded", "Throttled"),
    ] {
        let mut world = World::ready(&json!({})).await;
        let (url, sent) = (world.status().url, world.changes_sent());
        world
            .emulator
            .fail_next(Fault::new(DESCRIBE, code, text).times(10_000));
        world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
        world.run(Duration::from_secs(30)).await;
        assert_eq!(
            world.condition("Ready"),
            format!("Unknown {reason}"),
            "{code}"
        );
        assert!(world.message("Ready").contains(text));
        assert_eq!((world.status().url, world.changes_sent()), (url, sent));
        world.emulator.with_model(|model| model.clear_faults());
        world.until_ready().await;
        world.rests().await;
        assert_eq!((world.calls(UPDATE), world.calls(CREATE)), (1, 1), "{code}");
    }
}

#[tokio::test]
async fn two_looks_that_find_nothing_do_not_count_across_a_look_that_finds_it() {
    let mut world = World::ready(&json!({})).await;
    for time in 0..5 {
        let reads = world.calls(DESCRIBE);
        world
            .emulator
            .fail_next(Fault::new(DESCRIBE, "ResourceNotFoundException", "no"));
        world.annotate("somebody", &format!("edits {time}"));
        world.run(Duration::from_secs(30)).await;
        assert!(world.calls(DESCRIBE) > reads + 1, "missed, then seen");
    }
    world.until_ready().await;
    assert_eq!(world.calls(CREATE), 1);
    assert_eq!(world.calls(DELETE), 0);
}

#[tokio::test]
async fn throttles_and_troubles_back_off() {
    for (code, text, most) in [
        ("ThrottlingException", "Rate exceeded", 12),
        ("AccessDeniedException", "no", 8),
        ("InvalidParameterException", "no", 3),
    ] {
        let mut world = World::new().await;
        world
            .emulator
            .fail_next(Fault::new(CREATE, code, text).times(10_000));
        world.apply(&json!({}));
        world.run(Duration::from_secs(600)).await;
        let creates = world.calls(CREATE);
        println!(
            "{code}: {creates} creates, {} calls in ten minutes",
            world.emulator.calls().len()
        );
        assert!((2..=most).contains(&creates), "{code}: {creates}");
    }
}

#[tokio::test]
async fn reads_that_are_throttled_back_off() {
    let mut world = World::ready(&json!({})).await;
    let before = world.calls(DESCRIBE);
    let fault = Fault::new(DESCRIBE, "ThrottlingException", "Rate exceeded");
    world.emulator.fail_next(fault.times(10_000));
    world.nudge();
    world.run(Duration::from_secs(600)).await;
    let reads = world.calls(DESCRIBE) - before;
    println!("{reads} reads in ten minutes, three of each look");
    assert!((6..=36).contains(&reads), "{reads}");
}

#[tokio::test]
async fn a_missing_cluster_heals_when_it_is_made() {
    let mut world = World::new().await;
    world.apply(&json!({"cluster": "web"}));
    world
        .until_condition("Stalled", "True ClusterNotFound")
        .await;
    let change = json!({"cluster": "web", "exists": true});
    world
        .emulator
        .change(ecs_express_emulator::Change::from_wire(&change).unwrap())
        .unwrap();
    world.until_ready().await;
    assert_eq!(world.condition("Stalled"), "absent");
}

#[tokio::test]
async fn a_role_that_stays_unusable_stalls_after_some_minutes_and_heals() {
    let mut world = World::new().await;
    world.emulator.fail_next(
        Fault::new(CREATE, "AccessDeniedException", "Cannot assume role x").times(10_000),
    );
    world.apply(&json!({}));
    world.run(Duration::from_secs(30)).await;
    assert_eq!(world.condition("Reconciling"), "True RoleNotUsable");
    world.until_condition("Stalled", "True RoleNotUsable").await;
    world.emulator.with_model(|model| model.clear_faults());
    world.until_ready().await;
}

#[tokio::test]
async fn credentials_of_another_account_send_nothing_and_heal_when_they_are_back() {
    for change in [
        json!({"primaryContainer": {"image": "shop:2"}}),
        Value::Null,
    ] {
        let mut world = World::ready(&json!({})).await;
        let sent = world.changes_sent();
        world.access_key = "210987654321".into();
        world.restart_operator().await;
        match change.is_null() {
            true => world.delete(),
            false => world.apply(&change),
        }
        world.run(Duration::from_secs(3600)).await;
        assert_eq!(world.condition("Stalled"), "True IdentityChanged");
        assert!(
            world.message("Stalled").contains("210987654321"),
            "{}",
            world.message("Stalled")
        );
        assert_eq!(world.changes_sent(), sent);
        world.access_key = "AKIDEXAMPLE".into();
        world.restart_operator().await;
        match change.is_null() {
            true => world.until_gone().await,
            false => world.until_ready().await,
        }
        assert_eq!(world.calls(CREATE), 1);
    }
}

#[tokio::test]
async fn a_cluster_of_another_account_is_refused_before_any_call() {
    let mut world = World::new().await;
    world.apply(&json!({"cluster": "arn:aws:ecs:eu-west-1:210987654321:cluster/web"}));
    world.run(Duration::from_secs(600)).await;
    assert_eq!(world.condition("Stalled"), "True InvalidSpec");
    assert!(world.message("Stalled").starts_with("spec.cluster: "));
    assert_eq!(world.changes_sent(), 0);
    world.delete();
    world.until_gone().await;
}

#[tokio::test]
async fn an_unset_caller_holds_everything_back() {
    let mut world = World::new().await;
    world
        .emulator
        .fail_next(Fault::new("GetCallerIdentity", "ExpiredTokenException", "expired").times(100));
    world.apply(&json!({}));
    world.run(Duration::from_secs(60)).await;
    assert_eq!(world.condition("Ready"), "Unknown CredentialsNotAccepted");
    assert_eq!(world.changes_sent(), 0);
    world.emulator.with_model(|model| model.clear_faults());
    world.until_ready().await;
    assert_eq!(world.calls(CREATE), 1);
}
