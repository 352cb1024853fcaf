//! A control plane with the chart, for operators that each watch one namespace.

use std::{future::Future, path::PathBuf, sync::OnceLock};

use controlplane::{Assets, ControlPlane};
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::release::{self, Container, NAME, NAMESPACE};

pub struct Cluster {
    pub plane: ControlPlane,
    pub client: Client,
    operator_kubeconfig: PathBuf,
}

/// Runs a test. One runtime serves all, since a client of the shared cluster lives as long as its runtime.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| Runtime::new().unwrap())
        .block_on(test)
}

impl Cluster {
    /// The cluster of all tests that do not stop its servers.
    pub async fn shared() -> &'static Self {
        static CLUSTER: tokio::sync::OnceCell<Cluster> = tokio::sync::OnceCell::const_new();
        CLUSTER.get_or_init(Self::start).await
    }

    pub async fn start() -> Self {
        let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
        release::install(&plane, "http://127.0.0.1:1");
        let kubeconfig = Kubeconfig::read_from(plane.admin_kubeconfig()).unwrap();
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
        let client = Client::try_from(config.unwrap()).unwrap();
        let operator_kubeconfig = plane.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
        Self {
            plane,
            client,
            operator_kubeconfig,
        }
    }
}

impl Cluster {
    /// The kubeconfig of the operator's ServiceAccount, with `SERVER` as the address.
    pub fn operator_kubeconfig(&self) -> String {
        let text = std::fs::read_to_string(&self.operator_kubeconfig).unwrap();
        text.replace(&self.plane.server_url(), "SERVER")
    }
}

/// The container of the Deployment, with intervals so short that a lifecycle takes seconds, and a settle window of many
/// polls.
pub fn container() -> &'static Container {
    static CONTAINER: OnceLock<Container> = OnceLock::new();
    CONTAINER.get_or_init(|| {
        let intervals = json!({"pollInterval": "200ms", "resyncInterval": "1s"});
        let mut container = release::container_with(&intervals);
        let settle_window = ("ECS_EXPRESS_SETTLE_WINDOW".into(), "2s".into());
        container.env.extend([settle_window]);
        container
    })
}
