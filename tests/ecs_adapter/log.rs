//! What the log tells of the calls, down to `debug`, from the adapter and from the SDK beneath it.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use ecs_express_operator::ecs::Ecs;
use serde_json::json;
use tracing::Level;
use tracing::instrument::WithSubscriber;

use crate::{
    fixture::{ARN, SECRET, adapter, arn, create, everything},
    loopback::{Loopback, ok, refused},
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

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
async fn the_log_tells_of_each_call_and_never_what_was_sent() {
    let service = json!({ "service": { "activeConfigurations": [{ "primaryContainer": {
        "image": "nginx:1", "environment": [{ "name": "A", "value": SECRET }],
    }}]}});
    let server = Loopback::start(move |seen| match seen.action.as_str() {
        "CreateExpressGatewayService" => ok(service.clone()),
        _ => refused(400, "AccessDeniedException", "no"),
    });
    let ecs = adapter(&server);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    async {
        ecs.create(&create(everything())).await.unwrap();
        ecs.tags(&arn()).await.unwrap_err();
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
    assert!(read.contains("outcome=Blocked kind=AccessDenied"), "{read}");
}
