//! The audit log shows which requests a service account made, and which were allowed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use controlplane::{Assets, ControlPlane, audit::Request};

#[test]
fn refused_and_allowed_requests_of_a_service_account_are_distinguished() {
    let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
    let kubeconfig = plane
        .service_account_kubeconfig("default", "default")
        .unwrap();
    let secrets = ["get", "secret", "treasure"];
    let error = plane
        .kubectl_run_as(&kubeconfig, &secrets, None)
        .unwrap_err();
    assert!(error.stderr.contains("forbidden"), "{error}");
    let myself = ["auth", "whoami"];
    plane.kubectl_run_as(&kubeconfig, &myself, None).unwrap();
    let expected = [
        request("create", "authentication.k8s.io", "selfsubjectreviews"),
        Request {
            namespace: "default".into(),
            name: "treasure".into(),
            allowed: false,
            ..request("get", "", "secrets")
        },
    ];
    assert_eq!(plane.requests_of("default", "default").unwrap(), expected);
    assert_eq!(plane.requests_of("default", "another").unwrap(), []);
}

fn request(verb: &str, group: &str, resource: &str) -> Request {
    Request {
        verb: verb.into(),
        group: group.into(),
        resource: resource.into(),
        namespace: String::new(),
        name: String::new(),
        allowed: true,
    }
}
