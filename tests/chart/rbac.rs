//! Permissions that the installed roles grant to the operator and to users.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use controlplane::{Assets, ControlPlane, poll};

use crate::chart::{CHART, NAME, NAMESPACE, helm};

#[test]
fn the_operator_is_allowed_to_do_its_work_and_no_more() {
    let plane = with_roles();
    let operator = service_account(&plane, NAMESPACE, NAME);
    let may = |verb: &str, resource: &str| can(&plane, &operator, &[verb, resource]);

    for verb in ["get", "list", "watch", "patch"] {
        assert!(may(verb, "expressservices.ecs-express.dev"), "{verb}");
    }
    assert!(may("patch", "expressservices.ecs-express.dev/status"));
    assert!(may("create", "events.events.k8s.io"));
    assert!(may("get", "namespaces/kube-system"));
    for (verb, resource) in [
        ("create", "expressservices.ecs-express.dev"),
        ("update", "expressservices.ecs-express.dev"),
        ("delete", "expressservices.ecs-express.dev"),
        ("get", "namespaces/default"),
        ("list", "namespaces"),
        ("get", "secrets"),
        ("get", "configmaps"),
        ("list", "pods"),
    ] {
        assert!(!may(verb, resource), "{verb} {resource}");
    }
}

#[test]
fn the_built_in_roles_cover_express_services() {
    let plane = with_roles();
    for (role, verb, allowed) in [
        ("view", "list", true),
        ("view", "create", false),
        ("edit", "list", true),
        ("edit", "create", true),
        ("admin", "delete", true),
    ] {
        let name = format!("has-{role}");
        let subject = format!("default:{name}");
        // Applied again for the second row of a role.
        let _ = plane.kubectl_run(&["create", "serviceaccount", &name], None);
        let binding = [
            "create",
            "rolebinding",
            &name,
            "--clusterrole",
            role,
            "--serviceaccount",
            &subject,
        ];
        let _ = plane.kubectl_run(&binding, None);
        let kubeconfig = service_account(&plane, "default", &name);
        poll::until(
            Duration::from_secs(20),
            &format!("{role} to decide on {verb}"),
            || {
                let answer = can(
                    &plane,
                    &kubeconfig,
                    &[verb, "expressservices.ecs-express.dev"],
                );
                if answer == allowed {
                    Ok(())
                } else {
                    Err(format!("allowed is {answer}"))
                }
            },
        )
        .unwrap();
    }
}

fn with_roles() -> ControlPlane {
    let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
    let install = [
        "install",
        NAME,
        CHART,
        "--namespace",
        NAMESPACE,
        "--create-namespace",
    ];
    plane.helm_run(helm(), &install).unwrap();
    plane
}

fn service_account(plane: &ControlPlane, namespace: &str, name: &str) -> PathBuf {
    plane.service_account_kubeconfig(namespace, name).unwrap()
}

fn can(plane: &ControlPlane, kubeconfig: &Path, question: &[&str]) -> bool {
    let question = [&["auth", "can-i"], question].concat();
    match plane.kubectl_run_as(kubeconfig, &question, None) {
        Ok(answer) => answer.trim() == "yes",
        Err(error) => {
            assert_eq!(error.stdout.trim(), "no", "{error}");
            false
        }
    }
}
