//! What the adapter and the SDK log about calls, down to `debug`.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock},
};

use ecs_express_operator::{core::redaction::redact::Redactor, ecs::Ecs};
use serde_json::json;
use tracing::Level;
use tracing::instrument::WithSubscriber;

use crate::{
    fixture::{ARN, SECRET, adapter, arn, create, everything, nothing_hidden},
    loopback::{Loopback, ok, refused},
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        // With a single subscriber in the process, tracing caches the interest of whichever thread logs first, which
        // may have no subscriber.
        static ANOTHER: OnceLock<tracing::Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| tracing::Dispatch::new(tracing_subscriber::registry()));
        let writer = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_names_each_call_and_never_what_was_sent() {
    let service = json!({ "service": { "activeConfigurations": [{ "primaryContainer": {
        "image": "nginx:1", "environment": [{ "name": "A", "value": SECRET }],
    }}]}});
    let server = Loopback::of_account(move |seen| match seen.action.as_str() {
        "CreateExpressGatewayService" => ok(service.clone()),
        _ => refused(400, "AccessDeniedException", "no"),
    });
    let ecs = adapter(&server);
    let log = Log::default();
    let subscriber = log.subscriber();
    async {
        ecs.create(&create(everything()), &nothing_hidden())
            .await
            .unwrap();
        ecs.tags(&arn(), &nothing_hidden()).await.unwrap_err();
    }
    .with_subscriber(subscriber)
    .await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains(SECRET), "{log}");
    let line = |operation: &str| {
        let mut lines = log.lines();
        let ours = |line: &&str| line.contains("ecs_express_operator") && line.contains(operation);
        lines.find(ours).unwrap().to_owned()
    };
    let created = line("CreateExpressGatewayService");
    assert!(
        created.contains(ARN) && created.contains("outcome=\"ok\""),
        "{created}"
    );
    let read = line("ListTagsForResource");
    assert!(
        read.contains("outcome=\"blocked\" kind=AccessDenied"),
        "{read}"
    );
}

#[tokio::test]
async fn the_log_contains_the_text_of_a_failure_without_what_it_quotes() {
    let text = format!("value '{SECRET}' or argument --all of the container is refused");
    let server = Loopback::of_account(move |_| refused(400, "InvalidParameterException", &text));
    let ecs = adapter(&server);
    let log = Log::default();
    let subscriber = log.subscriber();
    let redactor = Redactor::of(&everything());
    let failures = async {
        [
            ecs.create(&create(everything()), &redactor)
                .await
                .unwrap_err(),
            ecs.tags(&arn(), &redactor).await.unwrap_err(),
            ecs.deployments(&arn(), &redactor).await.unwrap_err(),
            ecs.service(&arn(), &redactor).await.unwrap_err(),
        ]
    }
    .with_subscriber(subscriber)
    .await;
    let shown = "value '(hidden)' or argument (hidden) of the container is refused";
    for failure in failures {
        assert_eq!(failure.message, shown);
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains(SECRET) && !log.contains("--all"), "{log}");
    assert_eq!(log.matches(shown).count(), 4, "{log}");
}
