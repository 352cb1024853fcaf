//! Texts of AWS that quote what the user hides: an environment value and a word of the command are cut out of them.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use ecs_express_emulator::Fault;
use serde_json::{Value, json};
use tracing::{Level, instrument::WithSubscriber};

use crate::{
    update::with,
    world::{CREATE, DELETE, DESCRIBE, SERVICE, UPDATE, World},
};

const VALUE: &str = "hunter2 \"and\"  friends";
const OLD_VALUE: &str = "former-password-1";
const WORD: &str = "--token=qwertz";

/// Everything that a quoted value could show of itself.
const CANARIES: [&str; 3] = ["hunter2", "former-password", "qwertz"];

/// What the operator logs.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Writes into this log, from `debug` on.
    pub fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        // While there is but one subscriber in the process, tracing asks whichever thread comes first whether anybody wants
        // an event, and believes a thread without any.
        static ANOTHER: OnceLock<tracing::Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| tracing::Dispatch::new(tracing_subscriber::registry()));
        let writer = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
    }

    /// The lines of the operator itself.
    pub fn ours(&self) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = log.lines().map(str::to_owned);
        lines
            .filter(|line| line.contains(" ecs_express_operator"))
            .collect()
    }
}

fn spec(image: &str, value: &str) -> Value {
    with(&json!({"primaryContainer": {
        "image": image,
        "command": ["serve", WORD],
        "environment": [{"name": "TOKEN", "value": value}],
    }}))
}

/// A text that quotes both, raw and as JSON.
fn quoting(what: &str) -> String {
    let escaped = serde_json::to_string(what).unwrap();
    format!("value '{what}' ({escaped}) or argument {WORD} is not allowed")
}

/// What an object tells, of which nothing may be hidden too much.
fn check(world: &World, told: &mut String) {
    told.push_str(&serde_json::to_string(&world.status()).unwrap());
    told.push_str(&format!("{:?}", world.api.take_events()));
}

fn hides(told: &str, where_: &str) {
    for canary in CANARIES {
        assert!(
            !told.contains(canary),
            "{canary} is in the {where_}: {told}"
        );
    }
}

#[tokio::test]
async fn a_value_that_aws_quotes_is_cut_out_of_status_events_and_log() {
    let log = Log::default();
    let told = life_of_quotations().with_subscriber(log.subscriber()).await;
    let log = log.ours().concat();
    hides(&told, "object");
    hides(&log, "log");
    assert!(log.contains("is not allowed"), "the log tells AWS's text");
}

async fn life_of_quotations() -> String {
    let mut told = String::new();
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    let refused = |action, value| {
        let text = quoting(value);
        Fault::new(action, "InvalidParameterException", &text)
    };
    let escaped = "{/primaryContainer/environment/0/value} and {/primaryContainer/command/1}";
    world
        .emulator
        .fail_next(Fault::new(CREATE, "InvalidParameterException", escaped));
    world.apply(&spec("shop:1", OLD_VALUE));
    world.pass().await;
    assert_eq!(world.condition("Ready"), "False InvalidParameter");
    check(&world, &mut told);
    world.until_ready().await;
    // The value of the revision that runs, which is no longer in the spec.
    world.emulator.fail_next(refused(UPDATE, VALUE));
    world.apply(&spec("shop:2", VALUE));
    world.pass().await;
    check(&world, &mut told);
    world.emulator.fail_next(refused(UPDATE, OLD_VALUE));
    world.run(Duration::from_secs(700)).await;
    check(&world, &mut told);
    let reason = quoting(VALUE);
    world.emulator.with_model(|model| {
        let outcome = ecs_express_emulator::Outcome::RollBackByCircuitBreaker;
        model.set_outcome(SERVICE, outcome, Some(reason));
    });
    world
        .until("rolled back", |world| {
            world.condition("Ready") == "False RolledBack"
        })
        .await;
    check(&world, &mut told);
    // The deployment's text stays, though neither spec nor revision holds its value any more.
    let lost = Fault::new(UPDATE, "ServerException", "oops");
    world.emulator.fail_next(lost);
    world.apply(&spec("shop:3", "another value"));
    for _ in 0..6 {
        world.run(Duration::from_secs(10)).await;
        check(&world, &mut told);
    }
    assert!(told.contains("(hidden)"));
    world.apply(&spec("shop:4", "another value"));
    world.until_ready().await;
    for action in [DESCRIBE, "DescribeServices", "ListServiceDeployments"] {
        let text = quoting("another value");
        let fault = Fault::new(action, "AccessDeniedException", &text);
        world.emulator.fail_next(fault);
        world.nudge();
        world.restart_operator().await;
        world.pass().await;
        check(&world, &mut told);
    }
    let failing = quoting("another value");
    world.outside(&json!({"fail": {"resource": "TargetGroups", "reason": failing}}));
    world.restart_operator().await;
    world.run(Duration::from_secs(4000)).await;
    check(&world, &mut told);
    world.emulator.fail_next(refused(DELETE, "another value"));
    world.delete();
    world.pass().await;
    check(&world, &mut told);
    world.until_gone().await;
    told
}

#[tokio::test]
async fn what_is_left_of_a_text_still_says_what_is_wrong() {
    let mut world = World::new().await;
    let text = "The value 'hunter2 \"and\"  friends' of 1 variable in container shop-1 is too long (limit 1024)";
    world
        .emulator
        .fail_next(Fault::new(CREATE, "InvalidParameterException", text));
    world.apply(&with(&json!({"primaryContainer": {
        "environment": [{"name": "A", "value": VALUE}, {"name": "B", "value": "0"}],
    }})));
    world.pass().await;
    let message = world.message("Ready");
    assert!(
        message.contains(
            "The value '(hidden)' of 1 variable in container shop-1 is too long (limit 1024)"
        ),
        "{message}"
    );
}
