//! Manifests in the documents are accepted by a real API server.

use std::{sync::OnceLock, time::Duration};

use controlplane::{Assets, ControlPlane, poll};

use crate::{
    markdown::{Piece, pieces},
    repository::{documents, read, root},
};

/// The one control plane; it ends with the process.
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
fn a_wrong_manifest_would_be_seen() {
    let manifest = manifests("README.md").swap_remove(0);
    let wrong = manifest.replace("infrastructureRoleArn", "infrastructureRole");
    assert_ne!(manifest, wrong);
    let refusal = accepted(&wrong).unwrap_err();
    assert!(refusal.contains("infrastructureRole"), "{refusal}");
}
