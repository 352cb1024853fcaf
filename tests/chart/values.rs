//! The effects of values, and the rejection of invalid ones with a message that names the value.

use controlplane::Helm;
use serde_json::{Value, json};

use crate::chart::{self, CHART, container, helm, render, render_everything, the, try_render};

#[test]
fn both_helms_find_nothing_to_complain_about() {
    for helm in [helm(), &Helm::three().unwrap()] {
        for values in [&[][..], &["--values", chart::EVERYTHING]] {
            let arguments = [&["lint", "--strict", CHART], values].concat();
            helm.run(&arguments)
                .unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

#[test]
fn both_helms_render_the_same() {
    for values in [&[][..], &["--values", chart::EVERYTHING]] {
        let arguments = [
            "template",
            "x",
            CHART,
            "--namespace",
            "y",
            // A helm 3 built without version stamps assumes Kubernetes 1.20.
            "--kube-version=1.37.2",
        ];
        let arguments = [&arguments[..], values].concat();
        let sorted = |text: String| {
            let mut objects = chart::documents(&text);
            objects.sort_by_key(Value::to_string);
            objects
        };
        let four = sorted(helm().run(&arguments).unwrap());
        let three = sorted(Helm::three().unwrap().run(&arguments).unwrap());
        assert!(four == three);
    }
}

#[test]
fn an_unknown_value_is_rejected_by_name_at_every_level() {
    for (values, path) in [
        (json!({"replicas": 3}), "replicas"),
        (json!({"image": {"name": "x"}}), "name"),
        (json!({"crds": {"install": true}}), "install"),
        (json!({"serviceAccount": {"labels": {}}}), "labels"),
        (json!({"rbac": {"clusterScoped": true}}), "clusterScoped"),
        (json!({"aws": {"accessKeyId": "AKIA"}}), "accessKeyId"),
        (json!({"log": {"colour": true}}), "colour"),
        (json!({"listen": {"port": 1}}), "port"),
        (json!({"metrics": {"serviceMonitor": {}}}), "serviceMonitor"),
        (
            json!({"metrics": {"service": {"type": "NodePort"}}}),
            "type",
        ),
    ] {
        let error = refused(&values);
        assert!(
            error.contains("additional properties") && error.contains(path),
            "{path}: {error}"
        );
    }
}

#[test]
fn a_wrong_value_is_rejected_with_its_path_and_the_valid_values() {
    for (values, path, right) in [
        (json!({"image": {"tag": 1.2}}), "image/tag", "string"),
        (json!({"crds": {"keep": "yes"}}), "crds/keep", "boolean"),
        (
            json!({"log": {"format": "xml"}}),
            "log/format",
            "'json', 'text'",
        ),
        (json!({"resyncInterval": "5"}), "resyncInterval", "pattern"),
        (json!({"lookInterval": "5"}), "lookInterval", "pattern"),
        (
            json!({"aws": {"region": "Frankfurt"}}),
            "aws/region",
            "pattern",
        ),
        (
            json!({"aws": {"endpointUrl": "ecs"}}),
            "aws/endpointUrl",
            "pattern",
        ),
        (
            json!({"watchNamespace": "a,b"}),
            "watchNamespace",
            "pattern",
        ),
        (json!({"clusterId": " "}), "clusterId", "pattern"),
        (
            json!({"clusterId": "${CLUSTER_ID}"}),
            "clusterId",
            "pattern",
        ),
        (
            json!({"image": {"digest": "sha256:1"}}),
            "image/digest",
            "pattern",
        ),
        (json!({"extraEnv": {"A": "b"}}), "extraEnv", "array"),
    ] {
        let error = refused(&values);
        assert!(
            error.contains(path) && error.contains(right),
            "{path}: {error}"
        );
    }
}

#[test]
fn what_the_schema_cannot_check_is_rejected_with_the_next_step() {
    let error = refused(&json!({"serviceAccount": {"create": false}}));
    assert!(error.contains("serviceAccount.name is unset"), "{error}");
    let twice =
        json!({"aws": {"region": "eu-west-1"}, "extraEnv": [{"name": "AWS_REGION", "value": "x"}]});
    let error = refused(&twice);
    assert!(error.contains("extraEnv sets AWS_REGION"), "{error}");
}

fn refused(values: &Value) -> String {
    match try_render(values) {
        Ok(_) => panic!("{values} is taken"),
        Err(error) => error.stderr,
    }
}

#[test]
fn the_schema_explains_each_value() {
    let schema: Value = serde_json::from_str(&chart::file("values.schema.json")).unwrap();
    let mut seen = 0;
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        let properties = schema["properties"].as_object().into_iter().flatten();
        for (name, property) in properties {
            seen += 1;
            let description = property["description"].as_str().unwrap_or_default();
            assert!(description.len() > 5, "{name} has no description");
            open.push(property.clone());
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn a_chart_that_contains_this_one_may_have_global_values() {
    try_render(&json!({"global": {"imageRegistry": "x"}})).unwrap();
}

#[test]
fn every_value_arrives() {
    let objects = render_everything();
    let pod = &the(&objects, "Deployment")["spec"]["template"];
    let container = container(&objects);
    assert_eq!(
        container["args"],
        json!([
            "run",
            "--listen=0.0.0.0:8080",
            "--namespace=team",
            "--cluster-id=cluster-of-team",
            "--resync-interval=1m 30s",
            "--poll-interval=500ms",
            "--log=info,ecs_express_operator=debug",
            "--log-format=text",
            "--settle-window=3m",
        ])
    );
    assert_eq!(
        container["env"],
        json!([
            {"name": "AWS_REGION", "value": "eu-central-1"},
            {"name": "AWS_ENDPOINT_URL", "value": "http://ecs.example.com:8080"},
            {"name": "AWS_PROFILE", "value": "team"},
        ])
    );
    let digest = "0123456789abcdef".repeat(4);
    assert_eq!(
        container["image"],
        format!("registry.example.com/ecs-express-operator@sha256:{digest}")
    );
    assert_eq!(container["imagePullPolicy"], "Always");
    assert_eq!(
        container["volumeMounts"],
        json!([{"name": "aws", "mountPath": "/aws"}])
    );
    assert_eq!(container["securityContext"]["runAsUser"], 3000);
    assert_eq!(
        container["resources"]["limits"],
        json!({"cpu": "1", "memory": "1Gi"})
    );
    assert_eq!(pod["metadata"]["annotations"]["example.com/a"], "b");
    assert_eq!(pod["metadata"]["labels"]["tier"], "control");
    assert_eq!(pod["metadata"]["labels"]["team"], "platform");
    assert_eq!(
        pod["metadata"]["labels"]["app.kubernetes.io/name"],
        "express"
    );
    let spec = &pod["spec"];
    assert_eq!(spec["serviceAccountName"], "default");
    assert_eq!(spec["imagePullSecrets"], json!([{"name": "registry"}]));
    assert_eq!(spec["volumes"], json!([{"name": "aws", "emptyDir": {}}]));
    assert_eq!(spec["securityContext"]["fsGroup"], 3000);
    assert_eq!(spec["terminationGracePeriodSeconds"], 90);
    assert_eq!(spec["nodeSelector"], json!({"kubernetes.io/arch": "amd64"}));
    assert_eq!(spec["tolerations"][0]["key"], "dedicated");
    assert!(spec["affinity"]["nodeAffinity"].is_object());
    assert_eq!(spec["priorityClassName"], "system-cluster-critical");
    // The rest is switched off by these values.
    assert_eq!(objects.len(), 1);
}

/// Values that are kept over an upgrade may have it.
#[test]
fn the_former_name_of_the_resync_interval_is_still_accepted() {
    let resync = |values: Value| {
        let objects = render(&values);
        let args = container(&objects)["args"].as_array().unwrap().clone();
        let flags = args.iter().filter_map(Value::as_str);
        let resync = flags.filter_map(|flag| flag.strip_prefix("--resync-interval="));
        resync.map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(resync(json!({})), ["5m"]);
    assert_eq!(resync(json!({"lookInterval": "1m"})), ["1m"]);
    assert_eq!(resync(json!({"resyncInterval": "2m"})), ["2m"]);
    let both = json!({"lookInterval": "1m", "resyncInterval": "2m"});
    assert_eq!(resync(both), ["1m"]);
}

#[test]
fn cluster_scoped_objects_can_be_left_out() {
    let kinds = |values: Value| -> Vec<String> {
        let objects = render(&values);
        let kinds = objects
            .iter()
            .map(|object| object["kind"].as_str().unwrap());
        kinds.map(String::from).collect()
    };
    assert!(
        !kinds(json!({"crds": {"enabled": false}})).contains(&"CustomResourceDefinition".into())
    );
    let mut in_one_namespace = kinds(json!({
        "watchNamespace": "team", "clusterId": "mine",
        "crds": {"enabled": false}, "rbac": {"aggregateClusterRoles": false},
    }));
    in_one_namespace.sort();
    assert_eq!(
        in_one_namespace,
        [
            "Deployment",
            "Role",
            "RoleBinding",
            "Service",
            "ServiceAccount"
        ]
    );
}

#[test]
fn the_crd_is_kept_by_default() {
    let objects = render(&json!({"crds": {"keep": false}}));
    assert!(the(&objects, "CustomResourceDefinition")["metadata"]["annotations"].is_null());
}

#[test]
fn the_program_takes_the_arguments() {
    use clap::Parser;
    for objects in [render(&json!({})), render_everything()] {
        let args = container(&objects)["args"].as_array().unwrap().iter();
        let args = args.map(|argument| argument.as_str().unwrap());
        let program = std::iter::once("ecs-express-operator");
        let taken = ecs_express_operator::cli::Cli::try_parse_from(program.chain(args));
        assert!(taken.is_ok(), "{}", taken.unwrap_err());
    }
}

#[test]
fn a_cluster_whose_api_server_cannot_take_the_crd_is_rejected() {
    let on = |version: &str| {
        let version = format!("--kube-version={version}");
        helm().run(&["template", "x", CHART, &version])
    };
    let refused = on("1.29.14").unwrap_err();
    assert!(
        refused.stderr.contains("requires kubeVersion: >=1.30"),
        "{refused}"
    );
    on("v1.30.0-eks-1a2b3c").unwrap();
}

#[test]
fn names_that_look_like_numbers_stay_strings() {
    let values = json!({
        "nameOverride": "1", "fullnameOverride": "2", "watchNamespace": "3", "serviceAccount": {"name": "4"},
        "commonLabels": {"a": "5"}, "priorityClassName": "6", "podLabels": {"b": "7"},
    });
    let mut open = render(&values);
    let mut seen = 0;
    while let Some(value) = open.pop() {
        for (name, value) in value.as_object().into_iter().flatten() {
            let is_name = name.to_lowercase().ends_with("name") || name.ends_with("namespace");
            seen += usize::from(is_name);
            assert!(!is_name || !value.is_number(), "{name}: {value}");
            if name == "labels" || name == "matchLabels" {
                let labels = value.as_object().unwrap().values();
                assert!(labels.into_iter().all(Value::is_string), "{value}");
            }
            open.push(value.clone());
        }
        open.extend(value.as_array().cloned().unwrap_or_default());
    }
    assert!(seen > 20, "{seen}");
}
