//! Start and stop: a missing precondition is reported at once, with its remedy and an exit code of its own.

use std::{path::Path, process::Command};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use controlplane::{Process, poll};
use ecs_express_operator::{
    controller::{context::Settings, run::Loop},
    core::desired::identity::{Caller, OperatorIdentity},
    ecs::aws::{AwsEcs, Timeouts},
    telemetry::health::Health,
};
use tokio_util::sync::CancellationToken;

use crate::fixture::{DEADLINE, fixture, operator_command};
use crate::release::{NAME, NAMESPACE};

/// The exit code and log of a run that ends on its own.
fn ends(name: &str, command: Command) -> (Option<i32>, String) {
    let log = fixture().plane.dir().join(format!("{name}.log"));
    let mut process = Process::spawn(name, command, log).unwrap();
    let code = process.wait_exit(DEADLINE);
    (code, process.log())
}

fn kubeconfig() -> std::path::PathBuf {
    fixture()
        .plane
        .service_account_kubeconfig(NAMESPACE, NAME)
        .unwrap()
}

#[test]
fn without_an_api_server_it_says_where_it_looked_and_exits_with_3() {
    let unreachable = fixture().plane.dir().join("unreachable.kubeconfig");
    let text = std::fs::read_to_string(kubeconfig()).unwrap();
    std::fs::write(
        &unreachable,
        text.replace(&fixture().plane.server_url(), "https://127.0.0.1:1"),
    )
    .unwrap();
    let (code, log) = ends(
        "unreachable",
        operator_command(&unreachable, "http://127.0.0.1:1"),
    );
    assert_eq!(code, Some(3), "{log}");
    assert!(
        log.contains("cannot be reached") && log.contains("kubeconfig"),
        "{log}"
    );
    let (code, log) = ends(
        "no kubeconfig",
        operator_command(Path::new("/nonexistent"), "http://127.0.0.1:1"),
    );
    assert_eq!(code, Some(3), "{log}");
    assert!(log.contains("KUBECONFIG"), "{log}");
}

#[test]
fn without_the_crd_it_says_how_to_install_it_and_exits_with_4() {
    let plane = controlplane::ControlPlane::start(&controlplane::Assets::find().unwrap()).unwrap();
    let (code, log) = ends(
        "no crd",
        operator_command(plane.admin_kubeconfig(), "http://127.0.0.1:1"),
    );
    assert_eq!(code, Some(4), "{log}");
    assert!(
        log.contains("ecs-express-operator crd | kubectl apply -f -"),
        "{log}"
    );
}

#[test]
fn with_a_crd_that_cannot_hold_the_operator_state_it_says_how_to_update_it_and_exits_with_4() {
    let plane = controlplane::ControlPlane::start(&controlplane::Assets::find().unwrap()).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds/expressservices.yaml");
    let crd = std::fs::read_to_string(file).unwrap();
    let apply = |crd: &serde_json::Value| {
        let arguments = ["apply", "--server-side", "--force-conflicts", "-f", "-"];
        plane
            .kubectl_run(&arguments, Some(&crd.to_string()))
            .unwrap();
        let wait = [
            "wait",
            "--for=condition=Established",
            "--timeout=30s",
            "crd",
            "--all",
        ];
        plane.kubectl_run(&wait, None).unwrap();
    };
    let today: serde_json::Value = serde_saphyr::from_str(&crd).unwrap();
    let status = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties";
    let mut older = today.clone();
    let fields = older.pointer_mut(status).unwrap().as_object_mut().unwrap();
    fields.remove("operatorState").unwrap();
    fields.remove("drift").unwrap();
    apply(&older);
    // The API server publishes a new schema after a moment.
    poll::until(DEADLINE, "the schema to be shown", || {
        let path = ["get", "--raw", "/openapi/v3/apis/ecs-express.dev/v1alpha1"];
        plane
            .kubectl_run(&path, None)
            .map(drop)
            .map_err(|error| error.stderr)
    })
    .unwrap();
    let command = || operator_command(plane.admin_kubeconfig(), "http://127.0.0.1:1");
    let (code, log) = ends("old crd", command());
    assert_eq!(code, Some(4), "{log}");
    for part in [
        "status.operatorState",
        "ecs-express-operator crd | kubectl apply --server-side",
        "crds.enabled",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }

    // Without another field it works and reports what it cannot show.
    let mut older = today;
    older
        .pointer_mut(status)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove("drift")
        .unwrap();
    apply(&older);
    let mut process =
        Process::spawn("old crd", command(), plane.dir().join("old-crd.log")).unwrap();
    poll::until(DEADLINE, "the warning", || {
        process.check_alive().map_err(|error| error.to_string())?;
        let log = process.log();
        let reported = log.contains("status.drift") && log.contains("older than this program");
        reported.then_some(()).ok_or(log)
    })
    .unwrap();
}

#[test]
fn a_cluster_id_with_an_unfilled_template_is_rejected_with_2() {
    for id in ["", "${CLUSTER_ID}"] {
        let mut command = operator_command(&kubeconfig(), &fixture().emulator.url());
        command.env("ECS_EXPRESS_CLUSTER_ID", id);
        let (code, log) = ends("unfilled cluster-id", command);
        assert_eq!(code, Some(2), "{log}");
        assert!(log.contains("--cluster-id"), "{log}");
    }
}

#[test]
fn without_region_or_credentials_it_says_so_and_exits_with_5() {
    let mut command = operator_command(&kubeconfig(), &fixture().emulator.url());
    command
        .env_remove("AWS_REGION")
        .env("AWS_CONFIG_FILE", "/nonexistent");
    let (code, log) = ends("no region", command);
    assert_eq!(code, Some(5), "{log}");
    assert!(log.contains("set AWS_REGION or --aws-region"), "{log}");

    let mut command = operator_command(&kubeconfig(), &fixture().emulator.url());
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    let (code, log) = ends("no credentials", command);
    assert_eq!(code, Some(5), "{log}");
    assert!(log.contains("no AWS credentials were found"), "{log}");
}

#[test]
fn on_sigterm_it_shuts_down_cleanly_with_0() {
    let log = fixture().plane.dir().join("terminated.log");
    let mut command = operator_command(&kubeconfig(), &fixture().emulator.url());
    command.args(["--namespace", "default"]);
    let mut process = Process::spawn("terminated", command, log).unwrap();
    poll::until(DEADLINE, "the operator to watch", || {
        process
            .log()
            .contains("watching")
            .then_some(())
            .ok_or(process.log_tail())
    })
    .unwrap();
    process.interrupt().unwrap();
    assert_eq!(process.wait_exit(DEADLINE), Some(0), "{}", process.log());
    assert!(process.log().contains("stopped"), "{}", process.log());
    each_key_once(&process.log());
}

#[test]
fn no_line_of_the_log_has_a_key_twice_from_start_to_stop_even_at_the_finest_level() {
    let usual = operator_command(&kubeconfig(), &fixture().emulator.url());
    let mut command = Command::new(usual.get_program());
    let others = |argument: &&std::ffi::OsStr| !argument.to_string_lossy().starts_with("--log=");
    command.args(usual.get_args().filter(others));
    command.envs(
        usual
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.args(["--log=trace", "--namespace=default", "--listen=127.0.0.1:0"]);
    let log = fixture().plane.dir().join("finest.log");
    let mut process = Process::spawn("finest", command, log).unwrap();
    poll::until(DEADLINE, "the first list", || {
        let synced = process.log().contains("watching ExpressServices");
        synced.then_some(()).ok_or(process.log_tail())
    })
    .unwrap();
    process.interrupt().unwrap();
    assert_eq!(
        process.wait_exit(DEADLINE),
        Some(0),
        "{}",
        process.log_tail()
    );
    each_key_once(&process.log());
}

/// Whether each line of the log is JSON without duplicate keys, which many readers reject.
pub fn each_key_once(log: &str) {
    struct Line;
    impl<'de> serde::Deserialize<'de> for Line {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Line)
        }
    }
    impl<'de> serde::de::Visitor<'de> for Line {
        type Value = Self;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a line of the log")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
            let mut keys = std::collections::BTreeSet::new();
            while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                if !keys.insert(key.clone()) {
                    return Err(serde::de::Error::custom(format!("{key} stands twice")));
                }
            }
            Ok(self)
        }
    }
    for line in log.lines() {
        if let Err(error) = serde_json::from_str::<Line>(line) {
            panic!("{error}: {line}");
        }
    }
}

#[tokio::test]
async fn a_stop_before_the_first_list_has_arrived_ends_the_loop_too() {
    // An API server that accepts the connection and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let client = kube::Client::try_from(kube::Config::new(url.parse().unwrap())).unwrap();
    let config = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
        .region(aws_config::Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "test",
        )))
        .build();
    let ecs = AwsEcs::from_sdk_config(config, Timeouts::default()).unwrap();
    let home = OperatorIdentity {
        caller: Caller {
            partition: "aws".into(),
            account: "123456789012".into(),
        },
        region: "eu-west-1".into(),
        cluster_id: "cluster-1".into(),
    };
    let (settings, health) = (Settings::default(), Health::default());
    let watch = Loop::new(client, None, ecs, settings, home).with_health(health);
    let stop = CancellationToken::new();
    stop.cancel();
    let stopped = tokio::time::timeout(DEADLINE, watch.run(stop)).await;
    assert_eq!(stopped, Ok(true));
}

#[test]
fn a_wrong_flag_is_explained_and_exits_with_2() {
    let output = Command::new(env!("CARGO_BIN_EXE_ecs-express-operator"))
        .args(["run", "--resync-interval", "soon"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--resync-interval"));
}

#[test]
fn a_variable_of_a_former_name_is_named_in_the_log_with_its_new_name() {
    let mut command = operator_command(Path::new("/nonexistent"), "http://127.0.0.1:1");
    command.env("ECS_EXPRESS_LOOK_RATE", "3");
    let (_, log) = ends("renamed variable", command);
    let warning = log.lines().find(|line| line.contains("renamed"));
    let warning: serde_json::Value = serde_json::from_str(warning.unwrap()).unwrap();
    assert_eq!(warning["level"], "WARN", "{log}");
    assert_eq!(warning["variable"], "ECS_EXPRESS_LOOK_RATE", "{log}");
    assert_eq!(
        warning["use_instead"], "ECS_EXPRESS_MAX_RECONCILE_RATE",
        "{log}"
    );
}
