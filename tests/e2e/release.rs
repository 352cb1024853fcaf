//! The chart, installed as users install it; its Deployment says how the program is run.

use std::{collections::BTreeMap, sync::OnceLock};

use controlplane::{ControlPlane, Helm};
use serde::Deserialize;
use serde_json::{Value, json};

/// The name of the release and of what it installs.
pub const NAME: &str = "ecs-express-operator";
/// Its namespace.
pub const NAMESPACE: &str = "ecs-express-system";

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/ecs-express-operator");

/// Installs the chart with its CustomResourceDefinition. Its Deployment gets no pod: no node could run it.
pub fn install(plane: &ControlPlane, endpoint: &str) {
    install_with(plane, endpoint, NAMESPACE, &json!({}));
}

/// Installs the chart in another namespace, with more values.
pub fn install_with(plane: &ControlPlane, endpoint: &str, namespace: &str, more: &Value) {
    let (values, more) = (values(endpoint).to_string(), more.to_string());
    let mut arguments = vec!["install", NAME, CHART, "--create-namespace"];
    arguments.extend(["--namespace", namespace]);
    arguments.extend(["--set-json", &values, "--set-json", &more]);
    plane
        .helm_run(&Helm::four().unwrap(), &arguments)
        .unwrap_or_else(|error| panic!("{error}"));
    let established = [
        "wait",
        "--for=condition=Established",
        "--timeout=30s",
        "crd/expressservices.ecs-express.dev",
    ];
    plane.kubectl_run(&established, None).unwrap();
}

/// Values that use the emulator as ECS, with short windows and intervals.
fn values(endpoint: &str) -> Value {
    let env = |name: &str, value: &str| json!({"name": name, "value": value});
    json!({
        "aws": {"region": "eu-west-1", "endpointUrl": endpoint},
        "resyncInterval": "2s",
        "pollInterval": "300ms",
        "extraEnv": [
            env("AWS_ACCESS_KEY_ID", "test"),
            env("AWS_SECRET_ACCESS_KEY", "test"),
            env("AWS_EC2_METADATA_DISABLED", "true"),
            env("ECS_EXPRESS_SETTLE_WINDOW", "1s"),
            env("ECS_EXPRESS_ABSENCE_GAP", "200ms"),
        ],
    })
}

/// How the Deployment runs the program.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its arguments, without the listen address: many operators share the ports of this machine.
    pub args: Vec<String>,
    /// Its environment.
    pub env: BTreeMap<String, String>,
    /// The paths of the liveness and readiness probes.
    pub probes: [String; 2],
}

/// The container of the Deployment.
pub fn container() -> &'static Container {
    static CONTAINER: OnceLock<Container> = OnceLock::new();
    CONTAINER.get_or_init(|| container_with(&json!({})))
}

/// The same with more values.
pub fn container_with(more: &Value) -> Container {
    let (values, more) = (values("http://127.0.0.1:1").to_string(), more.to_string());
    let arguments = [
        "template",
        NAME,
        CHART,
        "--show-only",
        "templates/deployment.yaml",
    ];
    let arguments = [
        &arguments[..],
        &["--set-json", &values, "--set-json", &more],
    ]
    .concat();
    let text = Helm::four().unwrap().run(&arguments).unwrap();
    let deployment: Value = serde_saphyr::from_str(&text).unwrap();
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let mut args = Vec::<String>::deserialize(&container["args"]).unwrap();
    args.retain(|argument| !argument.starts_with("--listen="));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let env = container["env"].as_array().unwrap().iter();
    let env = env.map(|one| (text(&one["name"]), text(&one["value"])));
    Container {
        args,
        env: env.collect(),
        probes: ["livenessProbe", "readinessProbe"]
            .map(|probe| text(&container[probe]["httpGet"]["path"])),
    }
}
