//! Create: once, with everything stored before, whatever happens to the answer.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::world::World;

const CREATE: &str = "CreateExpressGatewayService";

#[tokio::test]
async fn one_write_to_kubernetes_and_one_read_of_ecs_come_before_the_create_call() {
    let mut world = World::new().await;
    world.apply(&json!({}));
    world.pass().await;
    let calls: Vec<String> = world.emulator.calls().into_iter().map(|call| call.action).collect();
    assert_eq!(calls, ["GetCallerIdentity", "DescribeExpressGatewayService", CREATE]);
    assert_eq!(world.api.take_writes(), ["metadata", "status"], "the second is the report");
}

#[tokio::test]
async fn a_service_becomes_ready_with_few_writes_and_then_rests() {
    let mut world = World::new().await;
    world.apply(&json!({}));
    world.until_ready().await;
    assert!(world.status().url.is_some());
    let writes = world.api.take_writes();
    println!("{} writes until Ready: {writes:?}", writes.len());
    world.run(Duration::from_secs(120)).await;
    world.api.take_writes();
    let calls = world.emulator.calls().len();
    world.run(Duration::from_secs(3600)).await;
    assert_eq!(world.api.take_writes(), Vec::<String>::new(), "writes at rest");
    println!("{} calls in an hour at rest", world.emulator.calls().len() - calls);
    assert_eq!(world.calls("UpdateExpressGatewayService"), 0);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_service() {
    for code in ["ServerException", "ConnectionReset"] {
        for applied in [true, false] {
            let mut world = World::new().await;
            let fault = Fault::new(CREATE, code, "lost");
            world.emulator.fail_next(if applied { fault.applied() } else { fault });
            world.apply(&json!({}));
            world.until_ready().await;
            let creates = world.calls(CREATE);
            assert_eq!(creates, if applied { 1 } else { 2 }, "{code}, applied: {applied}");
        }
    }
}
