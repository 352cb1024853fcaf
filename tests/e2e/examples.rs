//! Each example does what the table in examples/README.md says.

use std::{collections::BTreeSet, fs, path::Path};

use controlplane::http;
use ecs_express_emulator::Caller;
use serde_json::{Value, json};

use crate::fixture::{TestNamespace, condition, fixture};

fn directory() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// An example, applied unchanged in a namespace of its own.
struct Example {
    namespace: TestNamespace,
    name: String,
    manifest: Value,
}

impl Example {
    fn read(namespace: &'static str, file: &str) -> Self {
        let text = fs::read_to_string(directory().join(file)).unwrap();
        let manifest: Value = serde_saphyr::from_str(&text).unwrap();
        Self {
            namespace: TestNamespace::new(namespace),
            name: manifest["metadata"]["name"].as_str().unwrap().into(),
            manifest,
        }
    }

    fn applied(namespace: &'static str, file: &str) -> Self {
        let example = Self::read(namespace, file);
        example.apply(file);
        example
    }

    fn apply(&self, file: &str) {
        let path = directory().join(file);
        let applied = self
            .namespace
            .kubectl(&["apply", "-f", path.to_str().unwrap()]);
        assert!(applied.contains("created"), "{applied}");
    }

    /// The object once it is Ready and in sync.
    fn until_ready(&self) -> Value {
        let object = self.namespace.until_ready(&self.name);
        let synced = condition(&object, "Synced");
        assert_eq!(synced, ("True".into(), "InSync".into()));
        assert_eq!(object["status"]["drift"], Value::Null);
        object
    }

    fn delete(&self) {
        let object = format!("xsvc/{}", self.name);
        self.namespace.kubectl(&["delete", "--wait=false", &object]);
        self.namespace.until_gone(&self.name);
    }
}

/// The service as the emulator has it.
fn service(name: &str) -> Value {
    let overview = fixture().emulator.with_model(|model| model.overview());
    let services = overview["services"].as_array().unwrap();
    let mut named = services.iter().filter(|s| s["serviceName"] == name);
    named.next().cloned().unwrap_or_default()
}

fn updates(namespace: &TestNamespace, service: &str) -> usize {
    let calls = namespace.calls(service);
    calls
        .iter()
        .filter(|call| *call == "UpdateExpressGatewayService")
        .count()
}

#[test]
fn hello_is_ready_with_the_defaults_of_ecs() {
    let example = Example::applied("example-hello", "hello.yaml");
    let status = &example.until_ready()["status"];
    let revision = &status["revisions"][0];
    assert_eq!(revision["cpu"], "1024");
    assert_eq!(revision["memory"], "2048");
    assert_eq!(revision["healthCheckPath"], "/");
    assert_eq!(revision["scaling"], "1-20 AVERAGE_CPU 60");
    let answer = http::get_url(status["url"].as_str().unwrap()).unwrap();
    assert_eq!(answer.status, 200);
    example.delete();
}

#[test]
fn everything_is_ready_with_exactly_its_values() {
    let example = Example::applied("example-everything", "everything.yaml");
    let status = &example.until_ready()["status"];
    let (spec, revision) = (&example.manifest["spec"], &status["revisions"][0]);
    for field in ["cpu", "memory", "cpuArchitecture", "healthCheckPath"] {
        assert_eq!(revision[field], spec[field], "{field}");
    }
    assert_eq!(revision["image"], spec["primaryContainer"]["image"]);
    assert_eq!(
        revision["containerPort"],
        spec["primaryContainer"]["containerPort"]
    );
    assert_eq!(revision["scaling"], "2-10 AVERAGE_CPU 50");
    let name = spec["serviceName"].as_str().unwrap();
    assert_eq!(status["serviceName"], name);
    let tags = service(name)["tags"].to_string();
    assert!(tags.contains("team"), "{tags}");
    example.delete();
}

#[test]
fn a_task_definition_is_used_as_it_is() {
    let example = Example::applied("example-task-definition", "task-definition.yaml");
    let revision = &example.until_ready()["status"]["revisions"][0];
    assert_eq!(
        revision["taskDefinitionArn"],
        example.manifest["spec"]["taskDefinitionArn"]
    );
    example.delete();
}

#[test]
fn a_private_network_is_sent_as_it_is() {
    let example = Example::applied("example-private-network", "private-network.yaml");
    example.until_ready();
    let calls = fixture().emulator.calls().into_iter();
    let mut created = calls.filter(|call| {
        call.action == "CreateExpressGatewayService"
            && call.service_name.as_deref() == Some("example-private-network_invoices")
    });
    assert_eq!(
        created.next().unwrap().request["networkConfiguration"],
        example.manifest["spec"]["networkConfiguration"]
    );
    example.delete();
}

#[test]
fn zero_tasks_are_ready_and_a_task_starts_on_request() {
    let example = Example::applied("example-scale-to-zero", "scale-to-zero.yaml");
    let status = &example.until_ready()["status"];
    assert_eq!(status["runningCount"], 0);
    let url = status["url"].as_str().unwrap();
    assert_eq!(http::get_url(url).unwrap().status, 503);
    example
        .namespace
        .kubectl(&["scale", "xsvc/preview", "--replicas=1"]);
    example.namespace.until("preview", "one task", |object| {
        condition(object, "Ready").0 == "True" && object["status"]["runningCount"] == 1
    });
    assert_eq!(http::get_url(url).unwrap().status, 200);
    example.delete();
}

#[test]
fn a_service_of_another_client_is_adopted_without_a_deployment() {
    let example = Example::read("example-adopt", "adopt.yaml");
    let mut request = example.manifest["spec"].clone();
    request
        .as_object_mut()
        .unwrap()
        .remove("adoptionPolicy")
        .unwrap();
    let somebody = Caller {
        account: "123456789012".into(),
        region: "eu-west-1".into(),
    };
    fixture()
        .emulator
        .with_model(|model| model.call(&somebody, "CreateExpressGatewayService", &request))
        .unwrap();
    let before = service("checkout")["endpoint"].clone();
    example.apply("adopt.yaml");
    let object = example.until_ready();
    assert_eq!(updates(&example.namespace, "checkout"), 0);
    assert_eq!(service("checkout")["endpoint"], before);
    let uid = json!({"key": "ecs-express.dev/uid", "value": object["metadata"]["uid"]});
    let tags = service("checkout")["tags"].clone();
    assert!(tags.as_array().unwrap().contains(&uid), "{tags}");
    example.delete();
    assert_ne!(
        service("checkout")["statusCode"],
        "ACTIVE",
        "it is ours now"
    );
}

#[test]
fn a_retained_service_stays_and_the_same_object_takes_it_back() {
    let example = Example::applied("example-retain", "retain.yaml");
    let url = example.until_ready()["status"]["url"].clone();
    let name = "example-retain_payments";
    example.delete();
    assert_eq!(service(name)["statusCode"], "ACTIVE");
    let released = json!({"key": "ecs-express.dev/uid", "value": "released"});
    let tags = service(name)["tags"].clone();
    assert!(tags.as_array().unwrap().contains(&released), "{tags}");
    example.apply("retain.yaml");
    assert_eq!(example.until_ready()["status"]["url"], url);
    assert_eq!(updates(&example.namespace, name), 0);
}

#[test]
fn every_example_has_a_test_here() {
    let here = include_str!("examples.rs");
    let files: BTreeSet<String> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    assert!(files.len() > 6, "{files:?}");
    for file in files {
        assert!(
            here.contains(&format!(r#", "{file}")"#)),
            "{file} is applied nowhere"
        );
    }
}
