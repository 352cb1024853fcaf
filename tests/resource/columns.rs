//! What `kubectl get xsvc` prints.

use serde_json::json;

use crate::harness::{Namespace, minimal};

const REVISION: &str =
    "arn:aws:ecs:eu-west-1:123456789012:service-revision/default/columns_web/0123456789";

fn rows(printed: &str) -> Vec<Vec<&str>> {
    printed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect()
}

#[test]
fn get_prints_the_columns_that_users_need() {
    let namespace = Namespace::new("columns");
    namespace.apply(&minimal("web"));
    let header = ["NAME", "READY", "STATUS", "URL", "AGE"];
    let wide = [
        "NAME", "READY", "STATUS", "URL", "REASON", "IMAGE", "CLUSTER", "RUNNING", "REVISION",
        "AGE",
    ];
    // Before the operator has observed it.
    let printed = namespace.kubectl(&["get", "xsvc"]);
    let table = rows(&printed);
    assert_eq!(table[0], header);
    assert_eq!(table[1][0], "web");
    assert_eq!(table[1].len(), 2, "name and age: {printed}");
    let printed = namespace.kubectl(&["get", "xsvc", "-o", "wide"]);
    assert_eq!(rows(&printed)[1][0], "web");
    assert!(!printed.contains("-1"), "{printed}");

    namespace.patch_status(
        "web",
        &json!({
            "conditions": [
                { "type": "Synced", "status": "True", "reason": "InSync", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z" },
                { "type": "Ready", "status": "False", "reason": "Provisioning", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z" },
            ],
            "statusCode": "ACTIVE",
            "url": "https://web-0123.ecs.eu-west-1.on.aws",
            "cluster": "default",
            "runningCount": 0,
            "deployment": { "targetRevision": "of-what-was-rolled-back" },
            "revisions": [
                { "arn": REVISION, "id": "0123456789", "image": "nginx:runs" },
                { "arn": "former", "id": "former", "image": "nginx:former" },
            ],
        }),
    );
    let url = "https://web-0123.ecs.eu-west-1.on.aws";
    let printed = namespace.kubectl(&["get", "xsvc"]);
    let table = rows(&printed);
    assert_eq!(table[0], header);
    assert_eq!(table[1][..4], ["web", "False", "ACTIVE", url]);

    let printed = namespace.kubectl(&["get", "xsvc", "-o", "wide"]);
    let table = rows(&printed);
    assert_eq!(table[0], wide);
    let values = [
        "web",
        "False",
        "ACTIVE",
        url,
        "Provisioning",
        "nginx:runs",
        "default",
        "0",
        "0123456789",
    ];
    assert_eq!(table[1][..9], values);
}

#[test]
fn the_resource_has_a_short_name_and_is_among_all_of_aws() {
    let namespace = Namespace::new("short-names");
    namespace.apply(&minimal("web"));
    let name = "expressservice.ecs-express.dev/web\n";
    for resource in [
        "xsvc",
        "aws",
        "expressservice",
        "expressservices",
        "expressservices.ecs-express.dev",
    ] {
        assert_eq!(
            namespace.kubectl(&["get", resource, "-o", "name"]),
            name,
            "{resource}"
        );
    }
    // `kubectl get all` is about what runs in the cluster.
    assert_eq!(namespace.kubectl(&["get", "all", "-o", "name"]), "");
}
