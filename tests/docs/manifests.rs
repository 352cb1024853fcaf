//! Manifests in the documents are accepted by a real API server.

use std::{sync::OnceLock, time::Duration};

use controlplane::{Assets, ControlPlane, poll};

use crate::{
    markdown::{Piece, pieces},
    repository::{documents, read, root},
};

/// The shared control plane, which ends with the process.
fn plane() -> &'static ControlPlane {
    static PLANE: OnceLock<ControlPlane> = OnceLock::new();
    PLANE.get_or_init(|| {
        let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
        let file = root().join("crds/expressservices.yaml");
        plane
            .kubectl_run(&["apply", "-f", file.to_str().unwrap()], None)
            .unwrap();
        poll::until(Duration::from_secs(30), "the resource to be served", || {
            plane
                .kubectl_run(&["get", "xsvc", "--all-namespaces"], None)
                .map_err(|error| error.stderr)
        })
        .unwrap();
        plane
    })
}

fn accepted(manifest: &str) -> Result<(), String> {
    plane()
        .kubectl_run(&["create", "--dry-run=server", "-f", "-"], Some(manifest))
        .map(drop)
        .map_err(|error| error.stderr)
}

/// The manifests of ExpressServices in fenced blocks.
fn manifests(document: &str) -> Vec<String> {
    let text = read(document);
    let blocks = pieces(&text).into_iter().filter_map(|piece| match piece {
        Piece::Block {
            language: "yaml",
            text,
        } => Some(text),
        Piece::Block { .. } | Piece::Line(_) => None,
    });
    let documents =
        blocks.flat_map(|text| text.split("---\n").map(str::to_owned).collect::<Vec<_>>());
    documents
        .filter(|text| {
            text.lines().any(|line| line == "kind: ExpressService")
                && text.lines().any(|line| line == "spec:")
        })
        .collect()
}

#[test]
fn every_manifest_in_the_documents_is_accepted() {
    let mut checked = 0;
    for document in documents() {
        for manifest in manifests(&document) {
            checked += 1;
            if let Err(refusal) = accepted(&manifest) {
                panic!("{document}: {refusal}\n{manifest}");
            }
        }
    }
    assert!(checked > 1, "{checked} manifests are too few to be all");
}

#[test]
fn a_wrong_manifest_would_be_detected() {
    let manifest = manifests("README.md").swap_remove(0);
    let wrong = manifest.replace("infrastructureRoleArn", "infrastructureRole");
    assert_ne!(manifest, wrong);
    let refusal = accepted(&wrong).unwrap_err();
    assert!(refusal.contains("infrastructureRole"), "{refusal}");
}

/// The policy for teams that share an operator, from SECURITY.md.
#[test]
fn the_policy_of_roles_rejects_another_role_only_in_its_namespaces() {
    let page = read("SECURITY.md");
    let policy = pieces(&page).into_iter().find_map(|piece| match piece {
        Piece::Block {
            language: "yaml",
            text,
        } => Some(text),
        Piece::Block { .. } | Piece::Line(_) => None,
    });
    let shared = read("examples/hello.yaml");
    let steps: [(&[&str], Option<&str>); 4] = [
        (&["create", "namespace", "team-a"], None),
        (&["create", "-n", "team-a", "-f", "-"], Some(&shared)),
        (&["label", "namespace", "team-a", "express-roles=own"], None),
        (&["apply", "-f", "-"], policy.as_deref()),
    ];
    for (arguments, stdin) in steps {
        plane().kubectl_run(arguments, stdin).unwrap();
    }
    let shared = shared.replace("name: hello", "name: other");
    let within = |manifest: &str| {
        let arguments = ["create", "--dry-run=server", "-n", "team-a", "-f", "-"];
        let created = plane().kubectl_run(&arguments, Some(manifest));
        created.map(drop).map_err(|error| error.stderr)
    };
    // A policy takes effect a moment after it was stored.
    let refusal = poll::until(
        Duration::from_secs(60),
        "the policy to count",
        || match within(&shared) {
            Err(refusal) => Ok(refusal),
            Ok(()) => Err("a strange role is accepted".to_owned()),
        },
    );
    let refusal = refusal.unwrap();
    assert!(
        refusal.contains("spec.executionRoleArn must be a role under the path role/team-a/"),
        "{refusal}"
    );
    let own = shared.replace("role/ecsTaskExecutionRole", "role/team-a/execution");
    within(&own).unwrap();
    // A path may contain what looks like another ARN.
    let disguised = "role/other:role/team-a/execution";
    let disguised = shared.replace("role/ecsTaskExecutionRole", disguised);
    let refusal = within(&disguised).unwrap_err();
    assert!(refusal.contains("under the path role/team-a/"), "{refusal}");
    accepted(&shared).unwrap();
    // Objects that existed before can still be released.
    let release = [
        "patch",
        "xsvc",
        "hello",
        "-n",
        "team-a",
        "--type=merge",
        "-p",
    ];
    let finalizers = [&release[..], &[r#"{"metadata":{"finalizers":["a/b"]}}"#]].concat();
    plane().kubectl_run(&finalizers, None).unwrap();
    let none = [&release[..], &[r#"{"metadata":{"finalizers":null}}"#]].concat();
    plane().kubectl_run(&none, None).unwrap();
}
