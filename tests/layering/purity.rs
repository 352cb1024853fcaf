//! What the core must not use, and who may use the Kubernetes client.

use std::path::Path;

use crate::source::{Files, read};

/// Words that have no place in the core, outside comments.
const IMPURE: [&str; 13] = [
    "async ",
    ".await",
    "tokio",
    "kube::",
    "use kube",
    "aws_sdk",
    "aws_config::",
    "crate::ecs",
    "crate::controller",
    "SystemTime",
    "Instant::now",
    "fastrand",
    "Timestamp::now",
];

/// The parts of the controller that use the Kubernetes client.
const KUBE: [&str; 3] = ["run.rs", "watch/", "kubernetes/"];

fn files(folder: &str) -> Files {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

#[test]
fn the_core_has_no_clock_no_client_and_no_aws_type() {
    let files = files("src/core");
    assert!(files.len() > 10, "{} files are too few", files.len());
    for (file, text) in files {
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in IMPURE {
                assert!(!line.contains(word), "{file}: {line}");
            }
        }
    }
}

#[test]
fn only_the_watch_its_cache_and_the_port_to_kubernetes_use_kube() {
    let files = files("src/controller");
    assert!(files.len() > 10, "{} files are too few", files.len());
    for (file, text) in files {
        let allowed = KUBE.iter().any(|part| file.starts_with(part));
        // The compression works on bytes alone.
        let allowed = allowed && file != "watch/compressed.rs";
        assert_eq!(text.contains("kube::"), allowed, "{file}");
    }
}
