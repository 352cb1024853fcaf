//! The port to Kubernetes over the requests of a process. Its cache is filled by the watch of the process.

use std::sync::Arc;

use ecs_express_operator::{
    api::ExpressService,
    controller::objects::{MetadataPatch, ObjectKey, Objects, ObjectsError},
    core::report::event::Event,
};
use kube::Resource;
use serde_json::Value;

use crate::{
    link::{Link, lock},
    request::{Answer, Patch, Request},
};

/// The port to Kubernetes of one process.
#[derive(Debug)]
pub struct ModelObjects(Arc<Link>);

impl ModelObjects {
    /// The port of the process with this link.
    pub fn new(link: Arc<Link>) -> Self {
        Self(link)
    }

    async fn object(&self, request: Request) -> Result<ExpressService, ObjectsError> {
        match self.0.send(request).await {
            Answer::Object(answer) => answer.map(|object| *object),
            Answer::Aws(_) | Answer::Published => {
                Err(ObjectsError::Other("the answer is of another kind".into()))
            }
        }
    }
}

impl Objects for ModelObjects {
    fn cached(&self, key: &ObjectKey) -> Option<Arc<ExpressService>> {
        let cache = lock(&self.0.cache);
        cache.get(key)?.decompress().ok().map(Arc::new)
    }

    fn cached_version(&self, key: &ObjectKey) -> Option<String> {
        let cache = lock(&self.0.cache);
        let entry = cache.get(key)?;
        let version = entry.meta().resource_version.clone();
        version.filter(|_| entry.malformed().is_none())
    }

    async fn read(&self, key: &ObjectKey) -> Result<ExpressService, ObjectsError> {
        self.object(Request::Read(key.clone())).await
    }

    async fn patch_metadata(
        &self,
        object: &ExpressService,
        patch: &MetadataPatch,
    ) -> Result<ExpressService, ObjectsError> {
        self.object(Request::Patch(Patch::metadata(object, patch)))
            .await
    }

    async fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> Result<ExpressService, ObjectsError> {
        self.object(Request::Patch(Patch::status(object, status)))
            .await
    }

    async fn publish(&self, object: &ExpressService, event: &Event) {
        let key = ObjectKey::of(&object.metadata);
        self.0.send(Request::Publish(key, event.clone())).await;
    }
}
