//! Install, upgrade, uninstall and reinstall by real helm while ExpressServices exist.

use std::path::Path;

use controlplane::{Assets, ControlPlane, Helm};
use serde_json::{Value, json};
use test_support::manifest::{manifest, spec};

use crate::chart::{self, CHART, NAME, NAMESPACE, helm};

const CRD: &str = "crd/expressservices.ecs-express.dev";

struct Cluster(ControlPlane);

impl Cluster {
    fn new() -> Self {
        Self(ControlPlane::start(&Assets::find().unwrap()).unwrap())
    }

    fn helm(&self, helm: &Helm, arguments: &[&str]) -> String {
        let arguments = [arguments, &["--namespace", NAMESPACE]].concat();
        let done = self.0.helm_run(helm, &arguments);
        done.unwrap_or_else(|error| panic!("{error}"))
    }

    fn kubectl(&self, arguments: &[&str], stdin: Option<&str>) -> String {
        let done = self.0.kubectl_run(arguments, stdin);
        done.unwrap_or_else(|error| panic!("{error}"))
    }

    fn get(&self, what: &[&str]) -> Value {
        let text = self.kubectl(&[&["get", "-o", "json"], what].concat(), None);
        serde_json::from_str(&text).unwrap()
    }

    fn established(&self) {
        self.kubectl(
            &["wait", "--for=condition=Established", "--timeout=30s", CRD],
            None,
        );
    }

    /// Creates an ExpressService with the operator's finalizer, as if its ECS service existed; returns its UID.
    fn live_service(&self) -> String {
        let mut object = manifest("shop", &spec(&json!({})));
        object["metadata"]["namespace"] = json!("default");
        object["metadata"]["finalizers"] = json!(["ecs-express.dev/finalizer"]);
        self.kubectl(&["apply", "-f", "-"], Some(&object.to_string()));
        self.uid(&["xsvc/shop"])
    }

    fn uid(&self, what: &[&str]) -> String {
        self.get(what)["metadata"]["uid"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The release, and the same ExpressService as before.
    fn expect_installed(&self, service: &str) {
        self.established();
        assert_eq!(self.uid(&["xsvc/shop"]), service);
        assert!(self.get(&["xsvc/shop"])["metadata"]["deletionTimestamp"].is_null());
        let deployment = self.get(&["-n", NAMESPACE, "deployment", NAME]);
        assert_eq!(deployment["spec"]["strategy"]["type"], "Recreate");
        self.0.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
    }

    fn gone(&self, what: &[&str]) -> bool {
        self.kubectl(
            &[&["get", "--ignore-not-found", "-o", "name"], what].concat(),
            None,
        )
        .is_empty()
    }
}

/// A chart of another version, with another CustomResourceDefinition.
fn changed_chart(directory: &Path) -> String {
    let copy = directory.join("changed-chart");
    copy_directory(Path::new(CHART), &copy);
    let crd = copy.join("files/expressservices.yaml");
    let text = std::fs::read_to_string(&crd).unwrap();
    let changed = text.replace("URL of the service.", "Where the service is found.");
    assert_ne!(text, changed);
    std::fs::write(crd, changed).unwrap();
    copy.display().to_string()
}

fn copy_directory(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.unwrap().file_name()),
        );
        if from.is_dir() {
            copy_directory(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}

#[test]
fn a_release_is_installed_upgraded_uninstalled_and_installed_again_and_services_stay() {
    let cluster = Cluster::new();
    let notes = cluster.helm(helm(), &["install", NAME, CHART, "--create-namespace"]);
    assert!(notes.contains("create-pod-identity-association"), "{notes}");
    assert!(notes.contains("WARNING: aws.region is unset"), "{notes}");
    cluster.established();
    let service = cluster.live_service();

    let changed = changed_chart(cluster.0.dir());
    cluster.helm(
        helm(),
        &["upgrade", NAME, &changed, "--set", "image.tag=0.2.0"],
    );
    let deployment = cluster.get(&["-n", NAMESPACE, "deployment", NAME]);
    let image = &deployment["spec"]["template"]["spec"]["containers"][0]["image"];
    assert_eq!(image, "ecs-express-operator:0.2.0");
    assert!(
        cluster
            .get(&[CRD])
            .to_string()
            .contains("Where the service is found.")
    );
    cluster.expect_installed(&service);

    cluster.helm(helm(), &["uninstall", NAME]);
    assert!(cluster.gone(&[
        "-n",
        NAMESPACE,
        "deployment,serviceaccount",
        "-l",
        "app.kubernetes.io/name=ecs-express-operator"
    ]));
    assert!(cluster.gone(&[
        "clusterrole,clusterrolebinding",
        "-l",
        "app.kubernetes.io/name=ecs-express-operator"
    ]));
    assert_eq!(cluster.uid(&["xsvc/shop"]), service);

    cluster.helm(helm(), &["install", NAME, CHART]);
    cluster.expect_installed(&service);
    assert!(
        !cluster
            .get(&[CRD])
            .to_string()
            .contains("Where the service is found.")
    );

    let three = Helm::three().unwrap();
    cluster.helm(helm(), &["uninstall", NAME]);
    cluster.helm(&three, &["install", NAME, CHART]);
    cluster.helm(&three, &["upgrade", NAME, &changed]);
    assert!(
        cluster
            .get(&[CRD])
            .to_string()
            .contains("Where the service is found.")
    );
    cluster.expect_installed(&service);
    cluster.helm(&three, &["uninstall", NAME]);
    assert_eq!(cluster.uid(&["xsvc/shop"]), service);
}

#[test]
fn what_was_installed_with_kubectl_is_taken_over() {
    for (helm, conflicts) in [
        (helm(), &["--force-conflicts"][..]),
        (&Helm::three().unwrap(), &[]),
    ] {
        let cluster = Cluster::new();
        cluster.kubectl(
            &["apply", "-f", "-"],
            Some(&chart::file("../../crds/expressservices.yaml")),
        );
        cluster.kubectl(&["apply", "-f", "-"], Some(include_str!("before.yaml")));
        cluster.established();
        let service = cluster.live_service();
        let install = ["install", NAME, CHART, "--take-ownership"];
        cluster.helm(helm, &[&install[..], conflicts].concat());
        cluster.expect_installed(&service);
        let role = cluster.get(&["clusterrole", NAME]);
        assert_eq!(
            role["metadata"]["labels"]["app.kubernetes.io/managed-by"],
            "Helm"
        );
        assert_eq!(
            role["rules"][0]["verbs"],
            json!(["get", "list", "watch", "patch"])
        );
    }
}

#[test]
fn the_notes_explain_the_chosen_values() {
    let cluster = Cluster::new();
    let values = json!({
        "aws": {"region": "eu-west-1"}, "watchNamespace": "default", "image": {"repository": "registry.example.com/x"},
        "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/operator"}},
    });
    let values = values.to_string();
    let install = [
        "install",
        NAME,
        CHART,
        "--create-namespace",
        "--set-json",
        &values,
    ];
    let notes = cluster.helm(helm(), &install);
    assert!(
        notes.contains("assumes the role arn:aws:iam::123456789012:role/operator"),
        "{notes}"
    );
    assert!(
        !notes.contains("WARNING") && !notes.contains("names no registry"),
        "{notes}"
    );
    // The first manifest is one that the API server takes.
    let manifest = notes
        .split("<<EOF\n")
        .nth(1)
        .unwrap()
        .split("  EOF")
        .next()
        .unwrap();
    let manifest: String = manifest
        .lines()
        .map(|line| format!("{}\n", &line[2..]))
        .collect();
    cluster.established();
    cluster.kubectl(&["apply", "--validate=strict", "-f", "-"], Some(&manifest));
}
