//! `status.memory`, the former name of `status.operatorState`: an upgrade reads it, and a downgrade in between loses nothing.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::{
    images::image,
    world::{CREATE, UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

fn stored(world: &World) -> Value {
    serde_json::to_value(world.status()).unwrap()
}

/// Stores the operator state as earlier versions wrote it: under the former name, and with the former words for an intent.
fn as_the_former_version(world: &World) {
    let mut state = stored(world)["operatorState"].clone();
    if let Some(word) = state["intent"].get_mut("outcome") {
        *word = match word.as_str().unwrap() {
            "Applied" => json!("Landed"),
            "Rejected" => json!("Refused"),
            "Expired" => json!("Lapsed"),
            _ => word.clone(),
        };
    }
    let patch = json!({"status": {"operatorState": null, "memory": state}});
    world.api.patch(&world.key, None, &patch, "").unwrap();
}

#[tokio::test]
async fn an_upgrade_moves_the_state_to_its_new_name_with_one_write_and_calls_nothing() {
    let mut world = World::ready(&image(1)).await;
    let before = stored(&world)["operatorState"].clone();
    as_the_former_version(&world);
    let updates = world.calls(UPDATE);
    world.api.take_writes();
    world.restart_operator().await;
    world.run(MINUTE * 30).await;
    let after = stored(&world);
    assert_eq!(after["operatorState"]["lastApplied"], before["lastApplied"]);
    assert_eq!(after["operatorState"]["service"], before["service"]);
    assert!(after.get("memory").is_none(), "{after}");
    assert_eq!(world.calls(UPDATE), updates);
    assert_eq!(world.api.take_writes().len(), 1);
}

#[tokio::test]
async fn an_upgrade_in_the_middle_of_a_create_whose_answer_is_lost_makes_no_second_service() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    world.emulator.fail_next(lost);
    world.apply(&image(1));
    world.pass().await;
    as_the_former_version(&world);
    world.restart_operator().await;
    world.until_ready().await;
    assert_eq!(world.calls(CREATE), 1);
}

#[tokio::test]
async fn a_former_version_that_ran_in_between_is_believed_and_not_the_older_state_beside_it() {
    let mut world = World::ready(&image(1)).await;
    let stale = stored(&world)["operatorState"].clone();
    // The former version makes a restart. It leaves alone what this version stored before.
    world.annotate("ecs-express.dev/restart", "1");
    world.until_ready().await;
    world.run(MINUTE * 10).await;
    assert_eq!(world.calls(UPDATE), 1);
    as_the_former_version(&world);
    let leftover = json!({"status": {"operatorState": stale}});
    world.api.patch(&world.key, None, &leftover, "").unwrap();
    world.restart_operator().await;
    world.run(MINUTE * 30).await;
    assert_eq!(world.calls(UPDATE), 1, "the restart is not made again");
    assert!(stored(&world).get("memory").is_none());
}
