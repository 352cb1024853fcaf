//! The shipped loop: a stored object with any status, and any answers of AWS.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ecs_express_operator::{
    api::{ExpressService, FINALIZER},
    controller::{
        context::{Clock, Context, Settings},
        objects::ObjectKey,
        reconcile,
    },
    core::desired::object::Desired,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    api_server::ApiServer,
    scene::{self, CANARY},
    wire::{Answers, Aws, Seen, block_on},
};

#[derive(Deserialize)]
struct Input {
    object: ExpressService,
    /// The answers of AWS, one element for each reconcile.
    answers: Vec<Answers>,
}

/// Reconciles in one input at most.
const MOST: usize = 6;
/// Time between two reconciles: longer than any window.
const PAUSE: Duration = Duration::from_secs(150);

/// Bytes that are no [`Input`] are ignored.
pub fn run(bytes: &[u8]) {
    if let Ok(input) = serde_json::from_slice::<Input>(bytes) {
        replay(input, canary_is_public(bytes));
    }
}

/// Reconciles with each of the answers in turn; returns the calls that change something.
fn replay(input: Input, canary_is_public: bool) -> Vec<String> {
    let Input { object, answers } = input;
    let mut changes = Vec::new();
    let (aws, api, clock) = (Aws::default(), ApiServer::of(&object), TestClock::default());
    let key = ObjectKey::of(&object.metadata);
    let ctx = Context::new(
        aws.adapter(),
        api.clone(),
        clock.clone(),
        Settings::default(),
        scene::operator(),
    );
    for answers in answers.into_iter().take(MOST) {
        let Some(before) = api.object() else { break };
        aws.answer(answers.clone());
        block_on(reconcile(&ctx, &key));
        let seen = aws.take_seen();
        check_requests(&before, &answers, &seen);
        changes.extend(
            seen.into_iter()
                .map(|seen| seen.action)
                .filter(|it| is_change(it)),
        );
        check_finalizer(&before, api.object().as_ref(), &answers);
        for text in api.take_written() {
            assert!(canary_is_public || !text.contains(CANARY), "{text}");
        }
        clock.0.fetch_add(PAUSE.as_secs(), Ordering::Relaxed);
    }
    changes
}

/// At most one call changes something, and it names the object's own service, of which ECS did not show another.
fn check_requests(object: &ExpressService, answers: &Answers, seen: &[Seen]) {
    let desired = Desired::parse(object, &scene::operator());
    let changes: Vec<_> = seen.iter().filter(|seen| is_change(&seen.action)).collect();
    assert!(changes.len() <= 1, "{changes:?}");
    let Some(change) = changes.first() else {
        return;
    };
    let arn = desired.arn.to_string();
    let body = &change.body;
    if change.action == "CreateExpressGatewayService" {
        assert_eq!(body["serviceName"], desired.arn.name.as_str());
        assert_eq!(body["cluster"], desired.arn.cluster.as_str());
        return;
    }
    let named = body["serviceArn"].as_str().or(body["resourceArn"].as_str());
    assert_eq!(named, Some(&*arn), "{change:?}");
    // Of an ordinary service the tags are set only by the release of a retained one.
    let shown = answers
        .get("DescribeExpressGatewayService")
        .and_then(|answer| {
            let single = answer.body().matches("\"serviceArn\"").count() == 1;
            single.then(|| serde_json::from_str::<Value>(answer.body()).ok())?
        });
    if let Some(Value::String(shown)) = shown.map(|body| body["service"]["serviceArn"].clone()) {
        assert_eq!(shown, arn, "{} although ECS showed another", change.action);
    }
}

/// An object whose service is known and must be deleted keeps its finalizer while AWS only has errors of its own.
fn check_finalizer(before: &ExpressService, after: Option<&ExpressService>, answers: &Answers) {
    let has = |object: &ExpressService| {
        let mut finalizers = object.metadata.finalizers.iter().flatten();
        finalizers.any(|finalizer| finalizer == FINALIZER)
    };
    let must_be_deleted = matches!(
        before.spec.deletion_policy.as_deref(),
        None | Some("Delete")
    );
    let status = before.status.clone().unwrap_or_default();
    let known = status
        .trusted_state()
        .is_some_and(|state| state.service.is_some());
    let in_trouble = answers.values().all(|answer| answer.status >= 500);
    if has(before) && must_be_deleted && known && in_trouble {
        assert!(after.is_some_and(has), "released while nothing was known");
    }
}

fn is_change(action: &str) -> bool {
    !["Describe", "List", "Get"]
        .iter()
        .any(|verb| action.starts_with(verb))
}

/// Whether the canary, or a text that a cut may leave of it, stands anywhere but in environments, commands and free
/// texts of AWS. Those are redacted; whatever else holds it is no secret.
fn canary_is_public(bytes: &[u8]) -> bool {
    let is_hidden = |key: &str| {
        let hidden = [
            "value",
            "command",
            "message",
            "Message",
            "statusReason",
            "reason",
            "detail",
        ];
        hidden.contains(&key)
    };
    fn stands(value: &Value, is_hidden: &impl Fn(&str) -> bool) -> bool {
        match value {
            Value::String(text) => text.contains(CANARY),
            Value::Array(list) => list.iter().any(|value| stands(value, is_hidden)),
            Value::Object(members) => members.iter().any(|(key, value)| {
                key.contains(CANARY) || !is_hidden(key) && stands(value, is_hidden)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    let text = String::from_utf8_lossy(bytes);
    let Ok(input) = serde_json::from_slice::<Value>(bytes) else {
        return true;
    };
    // A member that occurs twice would be overlooked.
    let is_whole = text.matches(CANARY).count() == input.to_string().matches(CANARY).count();
    // Only the object's own environment makes the canary a secret.
    let spec = &input["object"]["spec"]["primaryContainer"];
    let is_secret = spec["environment"].to_string().contains(CANARY);
    !is_whole || !is_secret || stands(&input, &is_hidden)
}

/// A clock that only the target moves, in seconds.
#[derive(Clone, Default)]
struct TestClock(Arc<AtomicU64>);

impl Clock for TestClock {
    fn wall(&self) -> Timestamp {
        // After the times of the seeds.
        Timestamp::constant(1_796_000_000, 0) + self.uptime()
    }

    fn uptime(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Relaxed))
    }

    fn random(&self) -> f64 {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::replay;

    fn changes(name: &str) -> Vec<String> {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/reconcile");
        let bytes = std::fs::read(format!("{corpus}/{name}.json")).unwrap();
        replay(serde_json::from_slice(&bytes).unwrap(), false)
    }

    #[test]
    fn the_first_inputs_reach_the_calls_that_change_something() {
        assert_eq!(changes("create"), ["CreateExpressGatewayService"]);
        assert_eq!(changes("delete"), ["DeleteExpressGatewayService"]);
        assert_eq!(changes("delete-blind"), [""; 0]);
        assert_eq!(changes("drift")[0], "UpdateExpressGatewayService");
    }
}
