//! A plain client: it makes the writes that the operator makes for a new object, and nothing else. It watches nothing,
//! reads nothing, decides nothing.

use aws_sdk_ecs::types::{ExpressGatewayContainer, KeyValuePair, Tag};
use ecs_express_operator::api::{ExpressService, FINALIZER, annotations};
use kube::{
    Api, Client, Resource,
    api::{Patch, PatchParams},
    runtime::events::{Event, EventType, Recorder, Reporter},
};
use serde_json::{Value, json};

/// The plain client.
#[derive(Clone)]
pub struct Plain {
    client: Client,
    objects: Api<ExpressService>,
    ecs: aws_sdk_ecs::Client,
    /// The status that the operator reports of a create, as it wrote it for an object of its own.
    status: Value,
}

impl Plain {
    pub fn new(client: Client, namespace: &str, endpoint: &str, status: Value) -> Self {
        let credentials =
            aws_credential_types::Credentials::new("test", "test", None, None, "bench");
        let config = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .endpoint_url(endpoint)
            .region(aws_config::Region::new("eu-west-1"))
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(credentials),
            )
            .build();
        Self {
            objects: Api::namespaced(client.clone(), namespace),
            client,
            ecs: aws_sdk_ecs::Client::new(&config),
            status,
        }
    }

    /// Finalizer and identity, the create, the status, the event.
    pub async fn create(&self, object: &ExpressService) {
        let meta = &object.metadata;
        let name = meta.name.as_deref().unwrap_or_default();
        let namespace = meta.namespace.as_deref().unwrap_or_default();
        let service = format!("{namespace}_{name}");
        let arn = format!("arn:aws:ecs:eu-west-1:123456789012:service/default/{service}");
        let identity = json!({"metadata": {
            "resourceVersion": meta.resource_version,
            "finalizers": [FINALIZER],
            "annotations": {(annotations::SERVICE_ARN): arn, (annotations::CLUSTER_ID): "bench"},
        }});
        let params = PatchParams::default();
        let patched = self
            .objects
            .patch(name, &params, &Patch::Merge(identity))
            .await;
        let version = patched.unwrap().metadata.resource_version;
        let container = ExpressGatewayContainer::builder()
            .image("shop:1")
            .environment(KeyValuePair::builder().name("A").value("b").build());
        let tags = [
            ("ecs-express.dev/cluster-id", "bench"),
            ("ecs-express.dev/namespace", namespace),
            ("ecs-express.dev/name", name),
        ];
        let tags = tags.map(|(key, value)| Tag::builder().key(key).value(value).build());
        self.ecs
            .create_express_gateway_service()
            .service_name(&service)
            .infrastructure_role_arn("arn:aws:iam::123456789012:role/infra")
            .execution_role_arn("arn:aws:iam::123456789012:role/exec")
            .primary_container(container.build().unwrap())
            .set_tags(Some(tags.into()))
            .send()
            .await
            .unwrap();
        let status = Patch::Merge(json!({
            "metadata": {"resourceVersion": version}, "status": self.status,
        }));
        let patched = self.objects.patch_status(name, &params, &status).await;
        patched.unwrap();
        self.tell(object).await;
    }

    /// The event of a create.
    async fn tell(&self, object: &ExpressService) {
        let reporter = Reporter {
            controller: "bench".into(),
            instance: None,
        };
        let event = Event {
            type_: EventType::Normal,
            reason: "Created".into(),
            note: Some("ECS accepted the service".into()),
            action: "Create".into(),
            secondary: None,
        };
        let recorder = Recorder::new(self.client.clone(), reporter);
        recorder
            .publish(&event, &object.object_ref(&()))
            .await
            .unwrap();
    }
}
