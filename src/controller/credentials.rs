//! The credentials after the start: an operator without objects makes no call that would show that they are lost. The
//! adapter reports to readiness what AWS answers.

use std::time::Duration;

use tokio::time::sleep;

use crate::ecs::Ecs;

/// Longest pause between two calls while AWS does not accept the credentials.
const PAUSE: Duration = Duration::from_secs(10);

/// Asks STS for the caller again and again, until it is dropped.
pub(super) async fn keep_checking<E: Ecs>(ecs: &E, interval: Duration) {
    let mut pause = interval;
    loop {
        sleep(pause).await;
        pause = match ecs.verify_caller().await {
            Ok(_) => interval,
            Err(_) => PAUSE.min(interval),
        };
    }
}
