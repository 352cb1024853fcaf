//! The watch on ExpressServices: gives each object whose change triggers a reconcile, and fills the cache.

pub mod cache_entry;
mod compressed;
mod outage;

use std::{sync::Arc, time::Duration};

use futures::{Stream, StreamExt, TryStreamExt, stream};
use kube::{
    Api,
    api::ListParams,
    runtime::{
        WatchStreamExt,
        reflector::{ObjectRef, Store, store::Writer},
        watcher::{self, Event},
    },
};

use self::{cache_entry::CacheEntry, outage::without_errors};
use crate::telemetry::health::Health;

/// Objects in one page of a list. Each page is in memory as a whole, and an object may have 1.5 MB.
const PAGE: u32 = 16;
/// How long the API server may take to answer a request that only tests whether it answers.
const ANSWER: Duration = Duration::from_secs(10);

/// Watches the objects of `api`, restarts the watch after errors, fills the store of `writer`, and calls `on_event`
/// with each event once it is stored. Returns the changed objects, each once the store has it.
pub(super) fn changes(
    api: Api<CacheEntry>,
    store: Store<CacheEntry>,
    writer: Writer<CacheEntry>,
    health: Health,
    on_event: impl Fn(&Event<CacheEntry>),
) -> impl Stream<Item = watcher::Result<CacheEntry>> {
    let events = watcher::watcher(api.clone(), watcher::Config::default().page_size(PAGE));
    let events = without_errors(events, health, move || answers(api.clone()));
    stored_changes(events.map(Ok), store, writer, on_event)
}

/// Whether the API server answers a list of one object.
async fn answers(api: Api<CacheEntry>) -> bool {
    let one = ListParams::default().limit(1);
    let answer = tokio::time::timeout(ANSWER, api.list(&one)).await;
    matches!(answer, Ok(Ok(_)))
}

/// The changed objects in a stream of events. A list is in the store only once its last page has arrived. kube's
/// `applied_objects` yields the objects of the first page earlier: their reconciles would read the previous object from
/// the store, or none, and nothing would trigger another.
fn stored_changes(
    events: impl Stream<Item = watcher::Result<Event<CacheEntry>>>,
    store: Store<CacheEntry>,
    writer: Writer<CacheEntry>,
    on_event: impl Fn(&Event<CacheEntry>),
) -> impl Stream<Item = watcher::Result<CacheEntry>> {
    let before = store.clone();
    events
        .modify(move |object| {
            let before = before.get(&ObjectRef::from_obj(object));
            object.compare(before.as_deref());
        })
        .reflect(writer)
        .inspect_ok(on_event)
        .map_ok(move |event| stream::iter(changed_objects(event, &store)).map(Ok))
        .try_flatten()
}

/// The objects of an event, as the store has them, whose change triggers a reconcile.
fn changed_objects(
    event: Event<CacheEntry>,
    store: &Store<CacheEntry>,
) -> impl Iterator<Item = CacheEntry> + use<> {
    let stored = match event {
        Event::Apply(object) => vec![Arc::new(object)],
        // The store now holds exactly the objects of this list.
        Event::InitDone => store.state(),
        Event::Init | Event::InitApply(_) | Event::Delete(_) => Vec::new(),
    };
    stored
        .into_iter()
        .filter(|object| object.has_changed())
        .map(Arc::unwrap_or_clone)
}

#[cfg(test)]
mod tests {
    use super::stored_changes;
    use crate::controller::watch::cache_entry::CacheEntry;
    use futures::{StreamExt, stream};
    use kube::{
        ResourceExt,
        runtime::{
            reflector::{self, ObjectRef},
            watcher::{self, Event},
        },
    };
    use serde_json::json;

    fn object(name: &str, generation: i64) -> CacheEntry {
        let object = json!({
            "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressService",
            "metadata": {"name": name, "namespace": "team-a", "uid": name, "generation": generation},
            "spec": {"infrastructureRoleArn": "a", "primaryContainer": {"image": "shop:1"}},
        });
        serde_json::from_value(object).unwrap()
    }

    /// The objects that the events trigger, each with the generation that the store has at that moment.
    async fn triggered(
        events: impl IntoIterator<Item = Event<CacheEntry>>,
    ) -> Vec<(String, Option<i64>)> {
        let (store, writer) = reflector::store();
        let events = stream::iter(events.into_iter().map(watcher::Result::Ok));
        let mut triggered: Vec<_> = stored_changes(events, store.clone(), writer, |_| {})
            .map(|object| {
                let object = object.unwrap();
                let stored = store.get(&ObjectRef::from_obj(&object));
                let generation =
                    |stored: &CacheEntry| stored.decompress().unwrap().metadata.generation;
                (object.name_any(), stored.as_deref().and_then(generation))
            })
            .collect()
            .await;
        triggered.sort();
        triggered
    }

    #[tokio::test]
    async fn an_object_of_a_list_is_triggered_when_the_store_has_the_listed_version() {
        let list = [
            Event::Init,
            Event::InitApply(object("first-page", 1)),
            Event::InitApply(object("second-page", 1)),
            Event::InitDone,
        ];
        let listed = |name: &str| (name.to_owned(), Some(1));
        assert_eq!(
            triggered(list).await,
            [listed("first-page"), listed("second-page")]
        );
    }

    #[tokio::test]
    async fn a_list_after_an_outage_triggers_what_changed_meanwhile_and_nothing_else() {
        let first = [
            Event::Init,
            Event::InitApply(object("edited", 1)),
            Event::InitApply(object("same", 1)),
            Event::InitApply(object("gone", 1)),
            Event::InitDone,
        ];
        let interrupted = [Event::Init, Event::InitApply(object("edited", 2))];
        let again = [
            Event::Init,
            Event::InitApply(object("edited", 2)),
            Event::InitApply(object("new", 1)),
            Event::InitApply(object("same", 1)),
            Event::InitDone,
        ];
        let seen = |name: &str, generation| (name.to_owned(), Some(generation));
        assert_eq!(
            triggered(first.into_iter().chain(interrupted).chain(again)).await,
            [
                seen("edited", 1),
                seen("edited", 2),
                seen("gone", 1),
                seen("new", 1),
                seen("same", 1)
            ]
        );
    }

    #[tokio::test]
    async fn an_event_triggers_its_object_once_and_an_unchanged_or_deleted_object_is_not_triggered()
    {
        let events = [
            Event::Init,
            Event::InitDone,
            Event::Apply(object("shop", 1)),
            Event::Apply(object("shop", 1)),
            Event::Apply(object("shop", 2)),
            Event::Delete(object("shop", 2)),
        ];
        let shop = |generation| ("shop".to_owned(), Some(generation));
        assert_eq!(triggered(events).await, [shop(1), shop(2)]);
    }
}
