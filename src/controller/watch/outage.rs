//! Outages of the watch: when it is retried, and how the log and readiness report an outage and its end.

use std::time::Duration;

use futures::{Stream, StreamExt, stream};
use kube::runtime::watcher::{self, Event};
use tokio::time::{Instant, sleep, sleep_until};

use crate::telemetry::health::Health;

/// The first pause after an error; each further error doubles it. So few requests of one operator do not load an API
/// server, and an edit is seen soon after an outage.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long a resumed watch must be silent to count as recovered, if the API server answers: it delivers nothing until
/// an object changes, so the only sign is that it has had time to fail and has not.
const SILENCE: Duration = Duration::from_secs(15);

/// The events of a watch without its errors. After each error it waits before it retries the watch; it reports an
/// outage and its end to `health` and to the log. `answers` asks whether the API server answers a list of the same
/// objects.
pub(super) fn without_errors<K, F>(
    events: impl Stream<Item = watcher::Result<Event<K>>>,
    health: Health,
    answers: impl Fn() -> F,
) -> impl Stream<Item = Event<K>>
where
    F: Future<Output = bool>,
{
    let watch = Watch {
        events: Box::pin(events),
        health,
        answers,
        pause: SHORTEST_PAUSE,
        not_before: Instant::now(),
        listing: false,
        outage: None,
    };
    stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((event, watch))
    })
}

struct Watch<S, A> {
    events: S,
    health: Health,
    answers: A,
    /// The pause after the next error.
    pause: Duration,
    /// When the watch may be retried.
    not_before: Instant,
    /// Whether a list was requested of which nothing has arrived yet: its silence is no sign.
    listing: bool,
    outage: Option<Outage>,
}

/// An ongoing outage.
struct Outage {
    since: Instant,
    /// The cause that was last logged.
    cause: String,
}

impl<S, A, F, K> Watch<S, A>
where
    S: Stream<Item = watcher::Result<Event<K>>> + Unpin,
    A: Fn() -> F,
    F: Future<Output = bool>,
{
    async fn next(&mut self) -> Option<Event<K>> {
        loop {
            let Self {
                events,
                not_before,
                answers,
                listing,
                outage,
                health: _,
                pause: _,
            } = &mut *self;
            let event = async {
                sleep_until(*not_before).await;
                events.next().await
            };
            tokio::select! {
                event = event => match event? {
                    Ok(event) => {
                        // The start of a list is no sign: its first request has not been sent yet.
                        self.listing = matches!(event, Event::Init);
                        if !self.listing {
                            self.recovered();
                        }
                        return Some(event);
                    }
                    Err(error) => self.failed(&error),
                },
                () = silent_and_answered(&*answers), if outage.is_some() && !*listing => self.recovered(),
            }
        }
    }

    fn failed(&mut self, error: &watcher::Error) {
        let now = Instant::now();
        if is_expired(error) {
            // The API server answers, but no longer knows the version at which the watch was: a new list follows
            // without a pause.
            tracing::debug!(%error, "watch expired; listing all objects again");
            self.pause = SHORTEST_PAUSE;
        } else {
            let cause = error.to_string();
            let same = |outage: &Outage| outage.cause == cause;
            if !self.outage.as_ref().is_some_and(same) {
                tracing::warn!(error = cause, "watch failed; retrying");
            }
            self.health.watch_failed(format!(
                "the watch on ExpressServices fails: {cause}; the operator retries automatically"
            ));
            let since = self.outage.as_ref().map_or(now, |outage| outage.since);
            self.outage = Some(Outage { since, cause });
        }
        self.not_before = now + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    fn recovered(&mut self) {
        self.pause = SHORTEST_PAUSE;
        if let Some(outage) = self.outage.take() {
            let outage_seconds = outage.since.elapsed().as_secs();
            tracing::info!(outage_seconds, "watch recovered");
            self.health.watch_recovered();
        }
    }
}

/// Waits for the length of the silence, and then until the API server answers.
async fn silent_and_answered<F: Future<Output = bool>>(answers: impl Fn() -> F) {
    sleep(SILENCE).await;
    while !answers().await {
        sleep(LONGEST_PAUSE).await;
    }
}

/// Whether the API server no longer knows the version from which the watch was to continue.
fn is_expired(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::WatchError(status) => status.code == 410,
        watcher::Error::WatchStartFailed(kube::Error::Api(status)) => status.code == 410,
        watcher::Error::WatchStartFailed(_)
        | watcher::Error::InitialListFailed(_)
        | watcher::Error::WatchFailed(_)
        | watcher::Error::NoResourceVersion => false,
    }
}

#[cfg(test)]
mod tests {
    use super::without_errors;
    use crate::telemetry::health::Health;
    use futures::{Stream, StreamExt, stream};
    use kube::{
        core::Status,
        runtime::watcher::{self, Error, Event},
    };
    use std::{pin::pin, time::Duration};
    use tokio::time::{Instant, sleep};

    type Item = watcher::Result<Event<u8>>;

    fn refused() -> Item {
        Err(Error::NoResourceVersion)
    }

    fn expired() -> Item {
        let status = Status::failure("too old resource version", "Expired").with_code(410);
        Err(Error::WatchError(Box::new(status)))
    }

    /// A watch that fails at each attempt for `outage`, then yields `after`, one at each attempt, and then nothing.
    fn failing(outage: Duration, after: Vec<Item>) -> impl Stream<Item = Item> {
        let ends = Instant::now() + outage;
        let mut after = after.into_iter();
        stream::repeat_with(move || {
            if Instant::now() < ends {
                Some(refused())
            } else {
                after.next()
            }
        })
        .then(|item| async {
            match item {
                Some(item) => item,
                None => std::future::pending().await,
            }
        })
    }

    fn healthy() -> Health {
        let health = Health::default();
        health.set_kubernetes(Ok::<(), String>(()));
        health.set_aws(Ok::<(), String>(()));
        health.synced();
        health
    }

    #[tokio::test(start_paused = true)]
    async fn after_an_outage_an_edit_is_seen_within_seconds_though_the_watch_has_expired() {
        let (began, health) = (Instant::now(), healthy());
        let after = vec![expired(), Ok(Event::Init), Ok(Event::InitApply(1))];
        let events = failing(Duration::from_secs(30), after);
        let mut events = pin!(without_errors(events, health.clone(), || async { true }));
        assert!(matches!(events.next().await, Some(Event::Init)));
        assert!(!health.readiness().ready, "nothing is listed yet");
        assert!(matches!(events.next().await, Some(Event::InitApply(1))));
        assert!(health.readiness().ready);
        let late = began.elapsed() - Duration::from_secs(30);
        assert!(late <= Duration::from_secs(6), "{late:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_that_resumes_in_silence_has_recovered_when_the_api_server_answers() {
        let (began, health) = (Instant::now(), healthy());
        let events = failing(Duration::from_secs(30), Vec::new());
        let answers = move || async move { began.elapsed() > Duration::from_secs(60) };
        let events = without_errors(events, health.clone(), answers);
        tokio::spawn(async move { pin!(events).next().await });
        sleep(Duration::from_secs(59)).await;
        assert!(!health.readiness().ready, "the API server does not answer");
        sleep(Duration::from_secs(11)).await;
        assert!(health.readiness().ready);
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_whose_list_hangs_has_not_recovered_though_the_api_server_answers_smaller_lists()
     {
        let health = healthy();
        let after = vec![expired(), Ok(Event::Init)];
        let events = failing(Duration::from_secs(30), after);
        let events = without_errors(events, health.clone(), || async { true });
        tokio::spawn(async move {
            let mut events = pin!(events);
            while events.next().await.is_some() {}
        });
        sleep(Duration::from_secs(120)).await;
        assert!(!health.readiness().ready, "nothing is listed yet");
    }

    #[tokio::test(start_paused = true)]
    async fn the_pauses_grow_to_five_seconds_and_start_over_when_the_watch_has_recovered() {
        let began = Instant::now();
        let mut attempts = Vec::new();
        let after = vec![Ok(Event::Apply(1)), refused(), Ok(Event::Apply(2))];
        let events = failing(Duration::from_secs(20), after).inspect(|_| {
            attempts.push(began.elapsed().as_millis());
        });
        let events = without_errors(events, healthy(), || async { true });
        let shown: Vec<_> = events.take(2).collect().await;
        assert!(matches!(shown[..], [Event::Apply(1), Event::Apply(2)]));
        let at = [
            0, 500, 1500, 3500, 7500, 12_500, 17_500, 22_500, 22_500, 23_000,
        ];
        assert_eq!(attempts, at);
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_watch_is_no_outage() {
        let (began, health) = (Instant::now(), healthy());
        let after = vec![expired(), Ok(Event::Init), Ok(Event::InitDone)];
        let events = failing(Duration::ZERO, after);
        let mut events = pin!(without_errors(events, health.clone(), || async { true }));
        events.next().await;
        assert!(health.readiness().ready);
        assert!(began.elapsed() <= Duration::from_secs(1));
    }
}
