//! A model of the API server: resourceVersions, generations, finalizers, deletion, merge patches and the status
//! subresource, and a log of changes from which watches are fed.

use std::{collections::BTreeMap, sync::Arc};

use ecs_express_operator::{
    api::ExpressService,
    controller::objects::{ObjectKey, ObjectsError},
};
use serde_json::{Value, json};

use crate::request::{Part, Patch};

/// An object as the API server stores it.
#[derive(Debug)]
pub struct Stored {
    /// The object as JSON.
    pub json: Value,
    /// The object as the operator reads it.
    pub object: ExpressService,
}

impl Stored {
    fn new(json: Value) -> Result<Self, ObjectsError> {
        let object = serde_json::from_value(json.clone())
            .map_err(|error| ObjectsError::Invalid(error.to_string()))?;
        Ok(Self { json, object })
    }

    /// The UID.
    pub fn uid(&self) -> &str {
        self.json["metadata"]["uid"].as_str().unwrap_or_default()
    }

    /// The generation.
    pub fn generation(&self) -> i64 {
        self.json["metadata"]["generation"]
            .as_i64()
            .unwrap_or_default()
    }

    /// Whether its deletion was requested.
    pub fn is_deleting(&self) -> bool {
        !self.json["metadata"]["deletionTimestamp"].is_null()
    }

    /// Whether it carries this finalizer.
    pub fn has_finalizer(&self, finalizer: &str) -> bool {
        let finalizers = self.json["metadata"]["finalizers"].as_array();
        finalizers.is_some_and(|all| all.iter().any(|one| one == finalizer))
    }

    /// An annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.json["metadata"]["annotations"][key].as_str()
    }

    /// A condition of the status.
    pub fn condition(&self, kind: &str) -> Option<&Value> {
        let conditions = self.json["status"]["conditions"].as_array()?;
        conditions
            .iter()
            .find(|condition| condition["type"] == kind)
    }
}

/// A change of an object, as a watch delivers it.
#[derive(Clone, Debug)]
pub enum Change {
    /// The object was created or changed.
    Applied(Arc<Stored>),
    /// The object is gone.
    Deleted(Arc<Stored>),
}

/// An effect of a write.
#[derive(Clone, Debug)]
pub struct Write {
    /// The object before, unless it did not exist.
    pub before: Option<Arc<Stored>>,
    /// The object after, unless it does not exist any more.
    pub after: Option<Arc<Stored>>,
    /// The object as the answer shows it.
    pub answer: Arc<Stored>,
}

impl Write {
    /// Whether the write changed anything.
    pub fn is_effective(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => before.json != after.json,
            (None, _) | (_, None) => true,
        }
    }
}

/// The API server.
#[derive(Debug, Default)]
pub struct ApiServer {
    version: u64,
    uids: u64,
    objects: BTreeMap<ObjectKey, Arc<Stored>>,
    changes: Vec<(ObjectKey, Change)>,
}

impl ApiServer {
    /// The object, if it exists.
    pub fn get(&self, key: &ObjectKey) -> Option<&Arc<Stored>> {
        self.objects.get(key)
    }

    /// All objects.
    pub fn objects(&self) -> impl Iterator<Item = (&ObjectKey, &Arc<Stored>)> {
        self.objects.iter()
    }

    /// All changes so far, in their order.
    pub fn changes(&self) -> &[(ObjectKey, Change)] {
        &self.changes
    }

    /// Creates an object. The CustomResourceDefinition gives it a status that says that nobody has observed it.
    ///
    /// # Errors
    /// If it exists, or if it is malformed.
    pub fn create(&mut self, key: &ObjectKey, mut object: Value) -> Result<Write, ObjectsError> {
        if self.objects.contains_key(key) {
            return Err(ObjectsError::Conflict);
        }
        self.uids += 1;
        let metadata = json!({
            "namespace": key.namespace,
            "name": key.name,
            "uid": format!("00000000-0000-4000-8000-{:012}", self.uids),
            "generation": 1,
        });
        merge(&mut object["metadata"], &metadata);
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("deletionTimestamp");
        }
        if object["status"].is_null() {
            object["status"] = json!({ "observedGeneration": -1 });
        }
        self.store(key, None, object)
    }

    /// Changes an object as a user does: spec and metadata.
    ///
    /// # Errors
    /// If it does not exist, or if the result is malformed.
    pub fn edit(
        &mut self,
        key: &ObjectKey,
        edit: impl FnOnce(&mut Value),
    ) -> Result<Write, ObjectsError> {
        let before = self
            .objects
            .get(key)
            .cloned()
            .ok_or(ObjectsError::NotFound)?;
        let mut object = before.json.clone();
        edit(&mut object);
        if object["spec"] != before.json["spec"] {
            object["metadata"]["generation"] = json!(before.generation() + 1);
        }
        self.store(key, Some(before), object)
    }

    /// Requests the deletion of an object.
    ///
    /// # Errors
    /// If it does not exist.
    pub fn delete(&mut self, key: &ObjectKey, now: &str) -> Result<Write, ObjectsError> {
        self.edit(key, |object| {
            let metadata = &mut object["metadata"];
            if metadata["deletionTimestamp"].is_null() {
                metadata["deletionTimestamp"] = json!(now);
                // As the real API server does.
                let generation = metadata["generation"].as_i64().unwrap_or_default();
                metadata["generation"] = json!(generation + 1);
            }
        })
    }

    /// Applies a patch of the operator.
    ///
    /// # Errors
    /// If the object does not exist, has another resourceVersion, or would be malformed.
    pub fn patch(&mut self, patch: &Patch) -> Result<Write, ObjectsError> {
        let Patch {
            key,
            version,
            part,
            body,
        } = patch;
        let before = self
            .objects
            .get(key)
            .cloned()
            .ok_or(ObjectsError::NotFound)?;
        let current = before.json["metadata"]["resourceVersion"].as_str();
        if version.is_some() && version.as_deref() != current {
            return Err(ObjectsError::Conflict);
        }
        let mut object = before.json.clone();
        let part = match part {
            Part::Metadata => "metadata",
            Part::Status => "status",
        };
        merge(&mut object[part], &body[part]);
        if object[part].is_null() && part == "status" {
            object[part] = json!({ "observedGeneration": -1 });
        }
        if let Some(text) = duplicate(&object) {
            return Err(ObjectsError::Invalid(text));
        }
        self.store(key, Some(before), object)
    }

    /// Stores an object; a write that changes nothing keeps the resourceVersion.
    fn store(
        &mut self,
        key: &ObjectKey,
        before: Option<Arc<Stored>>,
        mut object: Value,
    ) -> Result<Write, ObjectsError> {
        if let Some(before) = &before
            && before.json == object
        {
            return Ok(Write {
                answer: before.clone(),
                after: Some(before.clone()),
                before: Some(before.clone()),
            });
        }
        object["metadata"]["resourceVersion"] = json!((self.version + 1).to_string());
        let stored = Arc::new(Stored::new(object)?);
        self.version += 1;
        let finalizers = stored.json["metadata"]["finalizers"].as_array();
        let gone = stored.is_deleting() && finalizers.is_none_or(Vec::is_empty);
        let change = if gone {
            self.objects.remove(key);
            Change::Deleted(stored.clone())
        } else {
            self.objects.insert(key.clone(), stored.clone());
            Change::Applied(stored.clone())
        };
        self.changes.push((key.clone(), change));
        Ok(Write {
            before,
            after: (!gone).then(|| stored.clone()),
            answer: stored,
        })
    }
}

/// The list maps of the status, each with its key.
const LIST_MAPS: [(&str, &str); 3] = [
    ("conditions", "type"),
    ("revisions", "arn"),
    ("drift", "field"),
];

/// Finds a duplicate key in a list map, which the schema forbids.
fn duplicate(object: &Value) -> Option<String> {
    LIST_MAPS.iter().find_map(|(list, key)| {
        let elements = object["status"][list].as_array()?;
        let twice = elements.iter().enumerate().find(|(place, element)| {
            elements[..*place]
                .iter()
                .any(|earlier| earlier[key] == element[key])
        })?;
        Some(format!("status.{list}: Duplicate value: {}", twice.1[key]))
    })
}

/// Applies a merge patch (RFC 7386).
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    if let Value::Object(target) = target {
        for (key, value) in patch {
            if value.is_null() {
                target.remove(key);
            } else {
                merge(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}
