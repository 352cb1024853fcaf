//! Tags of a service, which say whose it is.

use std::collections::{BTreeMap, BTreeSet};

use ecs_express_operator::core::{
    desired::{identity::ObjectIdentity, owner_tags::OwnerTags},
    diff::tags::TagDiff,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    tags: BTreeMap<String, String>,
    #[serde(default)]
    desired: BTreeMap<String, String>,
    #[serde(default)]
    set_before: BTreeSet<String>,
    namespace: String,
    name: String,
    uid: String,
    cluster_id: String,
}

/// A service is ours only with all three tags; the tags that are sent lead to the desired ones and touch no others.
pub fn run(bytes: &[u8]) {
    let Ok(input) = serde_json::from_slice::<Input>(bytes) else {
        return;
    };
    let Input {
        tags,
        desired,
        set_before,
        namespace,
        name,
        uid,
        cluster_id,
    } = input;
    let tag = |name: &str| tags.get(&format!("ecs-express.dev/{name}"));
    let ours = tag("cluster-id") == Some(&cluster_id)
        && tag("namespace") == Some(&namespace)
        && tag("name") == Some(&name);
    let any = ["cluster-id", "namespace", "name", "uid"].map(tag);
    let object = ObjectIdentity {
        namespace,
        name,
        uid,
    };
    match OwnerTags::read(&tags, &object, &cluster_id) {
        OwnerTags::Ours => assert!(ours),
        OwnerTags::None => assert!(any.iter().all(Option::is_none)),
        OwnerTags::Released => {
            assert!(!ours && tag("uid").is_some_and(|uid| uid == "released"));
        }
        OwnerTags::Other(_) | OwnerTags::Partial(_) => {
            assert!(!ours && any.iter().any(Option::is_some));
        }
    }
    let diff = TagDiff::between(&desired, &tags, &set_before);
    let mut after = tags.clone();
    after.retain(|key, _| !diff.remove.contains(key));
    after.extend(diff.set.clone());
    assert!(desired.iter().all(|tag| after.get(tag.0) == Some(tag.1)));
    let others = tags
        .iter()
        .filter(|(key, _)| !desired.contains_key(*key) && !set_before.contains(*key));
    for (key, value) in others {
        assert_eq!(after.get(key), Some(value), "a tag of somebody else");
    }
    assert!(TagDiff::between(&desired, &after, &set_before).is_empty());
}
