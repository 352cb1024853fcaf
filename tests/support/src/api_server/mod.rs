//! A model of the API server: resourceVersions, generations, finalizers, deletion, merge patches and the status
//! subresource, what the CustomResourceDefinition prunes and refuses, and a log of changes from which watches are fed.

mod definition;
mod stored;

use std::{collections::BTreeMap, sync::Arc};

use ecs_express_operator::controller::objects::{ObjectKey, ObjectsError};
use serde_json::{Value, json};

pub use self::{
    definition::Definition,
    stored::{Change, Part, Patch, Stored, Write},
};
use self::{definition::refused, stored::finalizers};
use crate::merge_patch::merge;

/// The API server.
#[derive(Debug, Default)]
pub struct ApiServer {
    version: u64,
    uids: u64,
    objects: BTreeMap<ObjectKey, Arc<Stored>>,
    changes: Vec<(ObjectKey, Change)>,
    definition: Definition,
}

impl ApiServer {
    /// An API server with this CustomResourceDefinition.
    pub fn serving(definition: Definition) -> Self {
        Self {
            definition,
            ..Self::default()
        }
    }

    /// Replaces the CustomResourceDefinition. What is stored is pruned by the next write.
    pub fn serve(&mut self, definition: Definition) {
        self.definition = definition;
    }

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
        self.store(key, None, object)
    }

    /// Changes an object as a user does, or its status as somebody with the right to does.
    ///
    /// # Errors
    /// If it does not exist, or if the change is refused.
    pub fn edit(
        &mut self,
        key: &ObjectKey,
        edit: impl FnOnce(&mut Value),
    ) -> Result<Write, ObjectsError> {
        let before = self.existing(key)?;
        let mut object = before.json.clone();
        edit(&mut object);
        self.store(key, Some(before), object)
    }

    /// Stores an object as it is, as no client can: it was restored from a backup, or another one has taken its name.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn overwrite(&mut self, key: &ObjectKey, mut object: Value) -> Result<(), ObjectsError> {
        object["metadata"]["resourceVersion"] = json!((self.version + 1).to_string());
        let stored = Arc::new(Stored::new(object)?);
        self.version += 1;
        self.objects.insert(key.clone(), stored.clone());
        self.changes.push((key.clone(), Change::Applied(stored)));
        Ok(())
    }

    /// Removes an object whatever its finalizers are, as if somebody had removed them.
    pub fn remove(&mut self, key: &ObjectKey) {
        if let Some(stored) = self.objects.remove(key) {
            self.changes.push((key.clone(), Change::Deleted(stored)));
        }
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
    /// If the object does not exist or has another resourceVersion, or if the change is refused.
    pub fn patch(&mut self, patch: &Patch) -> Result<Write, ObjectsError> {
        let Patch {
            key,
            version,
            part,
            body,
        } = patch;
        let before = self.existing(key)?;
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
        self.store(key, Some(before), object)
    }

    fn existing(&self, key: &ObjectKey) -> Result<Arc<Stored>, ObjectsError> {
        self.objects.get(key).cloned().ok_or(ObjectsError::NotFound)
    }

    /// Stores an object; a write that changes nothing keeps the resourceVersion.
    fn store(
        &mut self,
        key: &ObjectKey,
        before: Option<Arc<Stored>>,
        mut object: Value,
    ) -> Result<Write, ObjectsError> {
        self.definition.normalise(&mut object);
        remove_empty_metadata(&mut object);
        if let Some(before) = &before {
            if before.json == object {
                return Ok(Write {
                    answer: before.clone(),
                    after: Some(before.clone()),
                    before: Some(before.clone()),
                });
            }
            if object["spec"] != before.json["spec"] {
                object["metadata"]["generation"] = json!(before.generation() + 1);
            }
        }
        let old = before.as_ref().map(|before| &before.json);
        let refusal = old
            .and_then(|old| new_finalizer(&object, old))
            .or_else(|| self.definition.refusal(&object, old));
        if let Some(text) = refusal {
            return Err(ObjectsError::Invalid(text));
        }
        object["metadata"]["resourceVersion"] = json!((self.version + 1).to_string());
        let stored = Arc::new(Stored::new(object)?);
        self.version += 1;
        let gone = stored.is_deleting() && finalizers(&stored.json).next().is_none();
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

/// The API server stores no empty lists and maps of metadata.
fn remove_empty_metadata(object: &mut Value) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for name in ["annotations", "finalizers", "labels"] {
            let empty = metadata.get(name).is_some_and(|value| match value {
                Value::Null => true,
                Value::Array(items) => items.is_empty(),
                Value::Object(members) => members.is_empty(),
                Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
            });
            if empty {
                metadata.remove(name);
            }
        }
    }
}

/// The refusal of a finalizer that is added to an object which is being deleted.
fn new_finalizer(object: &Value, before: &Value) -> Option<String> {
    if before["metadata"]["deletionTimestamp"].is_null() {
        return None;
    }
    let old: Vec<_> = finalizers(before).collect();
    let new: Vec<_> = finalizers(object)
        .filter(|finalizer| !old.contains(finalizer))
        .map(|finalizer| format!("{finalizer:?}"))
        .collect();
    if new.is_empty() {
        return None;
    }
    let new = new.join(", ");
    refused(
        object,
        vec![format!(
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{{{new}}}"
        )],
    )
}
