//! What a small slip in the code would break, and no other test would show.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::world::{CREATE, DESCRIBE, UPDATE, World};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn missing() -> Fault {
    Fault::new(DESCRIBE, "ResourceNotFoundException", "no")
}

#[tokio::test]
async fn two_answers_that_miss_a_service_prove_nothing_if_it_was_seen_between_them() {
    let mut world = World::ready(&json!({})).await;
    for _ in 0..2 {
        let looks = world.calls(DESCRIBE);
        world.emulator.fail_next(missing());
        world.run(HOUR).await;
        assert!(world.calls(DESCRIBE) > looks + 2);
        assert_eq!(world.calls(CREATE), 1);
        assert!(world.is_ready());
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_takes_the_former_proof_of_absence_with_it() {
    let mut world = World::ready(&json!({})).await;
    world
        .emulator
        .change_settings(&json!({"createVisibleSeconds": 60}))
        .unwrap();
    world.apply(&json!({"suspend": true}));
    world.run(MINUTE).await;
    world.outside(&json!({"purge": true}));
    world.nudge();
    // Proved for much longer than a create may take to be seen.
    world.run(MINUTE * 30).await;
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    world.emulator.fail_next(lost);
    world.apply(&json!({}));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(CREATE), 2);
}

#[tokio::test]
async fn an_empty_list_that_ecs_did_not_refuse_for_itself_is_sent_again() {
    for code in ["ThrottlingException", "AccessDeniedException"] {
        let groups = json!({"networkConfiguration": {"securityGroups": ["sg-0123abcd"]}});
        let mut world = World::ready(&groups).await;
        world
            .emulator
            .fail_next(Fault::new(UPDATE, code, "not now"));
        world.apply(&json!({}));
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.condition("Synced"), "True InSync", "{code}");
        let updates = world.sent(UPDATE);
        assert_eq!(updates.len(), 2, "{code}");
        let groups = &updates[1]["networkConfiguration"]["securityGroups"];
        assert_eq!(*groups, json!([]), "{code}");
    }
}
