//! An object as the API server stores it: how the watch parses, keeps and returns it, and what the core makes of it.

use ecs_express_operator::{
    api::ExpressService,
    controller::watch::cache_entry::CacheEntry,
    core::desired::{object::Desired, size_limit::too_large_for_ecs},
};

use crate::scene::{CANARY, operator};

/// The bytes are the object's JSON.
pub fn run(bytes: &[u8]) {
    let Ok(entry) = serde_json::from_slice::<CacheEntry>(bytes) else {
        return;
    };
    check(&entry);
    let Ok(object) = serde_json::from_slice::<ExpressService>(bytes) else {
        assert!(entry.malformed().is_some(), "kept as malformed");
        return;
    };
    let kept = match entry.decompress() {
        Ok(kept) => kept,
        Err(error) => {
            assert_eq!(entry.malformed(), Some(&*error), "only what is malformed");
            return;
        }
    };
    let (expected, kept) = (as_kept(object), as_kept(kept));
    let large = |object: &ExpressService| {
        let container = object.spec.primary_container.as_ref();
        container.and_then(too_large_for_ecs)
    };
    assert_eq!(large(&expected), large(&kept));
    if large(&expected).is_none() {
        assert_eq!(
            serde_json::to_value(&kept).unwrap(),
            serde_json::to_value(&expected).unwrap()
        );
    }
    parse(&kept, &expected);
}

/// Whatever the bytes are, the entry can be read, and names no value of the object.
pub fn check(entry: &CacheEntry) {
    if let Some(error) = entry.malformed() {
        assert!(!error.contains(CANARY), "{error}");
        assert!(error.len() < 1_000, "{error}");
    }
    assert_eq!(entry.malformed().is_some(), entry.decompress().is_err());
}

/// What the cache keeps of an object leads to the same as the object itself.
fn parse(kept: &ExpressService, object: &ExpressService) {
    let desired = Desired::parse(kept, &operator());
    let same = Desired::parse(object, &operator());
    assert_eq!(
        (
            &desired.arn,
            desired.phase,
            &desired.identity,
            &desired.invalid
        ),
        (&same.arn, same.phase, &same.identity, &same.invalid)
    );
    assert_eq!(desired.tags(), same.tags());
    assert_eq!(desired.configuration.hash().len(), 16);
    assert!(!format!("{desired:?}").contains(CANARY) || is_elsewhere(object));
}

/// Whether the canary stands outside of the environment and the command.
fn is_elsewhere(object: &ExpressService) -> bool {
    let mut object = object.clone();
    if let Some(container) = &mut object.spec.primary_container {
        container.command = None;
        for variable in container.environment.iter_mut().flatten() {
            variable.value = None;
        }
        // Their locations are redacted as well.
        for secret in container.secrets.iter_mut().flatten() {
            secret.value_from.clear();
        }
    }
    serde_json::to_string(&object).unwrap().contains(CANARY)
}

/// An object without the metadata that the operator never reads.
fn as_kept(mut object: ExpressService) -> ExpressService {
    let meta = &mut object.metadata;
    meta.managed_fields = None;
    meta.labels = None;
    meta.owner_references = None;
    if let Some(annotations) = &mut meta.annotations {
        let read = [
            "service-arn",
            "cluster-id",
            "adopt-confirm",
            "restart",
            "retry",
        ];
        annotations.retain(|key, _| {
            key.strip_prefix("ecs-express.dev/")
                .is_some_and(|key| read.contains(&key))
        });
    }
    object
}
