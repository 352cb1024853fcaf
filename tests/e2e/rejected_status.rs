//! A status that the API server rejects as invalid is distinguished from a transient failure.

use ecs_express_operator::{
    api::ExpressService,
    controller::{
        kubernetes::Kubernetes,
        objects::{Objects, ObjectsError},
    },
};
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
    runtime::reflector,
};
use serde_json::json;

use crate::fixture::{TestNamespace, fixture};
use crate::release::{NAME, NAMESPACE};

/// A client with the token of the operator's ServiceAccount.
pub async fn client() -> Client {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let plane = &fixture().plane;
    let path = plane.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
    let kubeconfig = Kubeconfig::read_from(path).unwrap();
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
    Client::try_from(config.unwrap()).unwrap()
}

#[test]
fn a_status_with_a_revision_twice_is_rejected_as_invalid() {
    let namespace = TestNamespace::new("rejected");
    namespace.apply("shop", &json!({}));
    namespace.until_ready("shop");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let rejected = runtime.block_on(async {
        let (store, _writer) = reflector::store();
        let kubernetes = Kubernetes::new(client().await, store);
        let revisions = json!({"revisions": [{"arn": "a"}, {"arn": "a"}]});
        loop {
            let stored = namespace.object("shop").unwrap();
            let object: ExpressService = serde_json::from_value(stored).unwrap();
            match kubernetes.patch_status(&object, &revisions).await {
                // The operator wrote in between.
                Err(ObjectsError::Conflict) => {}
                answer => break answer.unwrap_err(),
            }
        }
    });
    let ObjectsError::Invalid(text) = rejected else {
        panic!("{rejected:?}");
    };
    assert!(text.contains("status.revisions"), "{text}");
    namespace.kubectl(&["delete", "xsvc", "shop", "--wait=false"]);
    namespace.until_gone("shop");
}
