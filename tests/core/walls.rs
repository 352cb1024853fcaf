//! The walls of the layout: what the core must not know.

use std::{fs, path::Path};

/// Words that have no place in the core, outside comments.
const FOREIGN: [&str; 11] = [
    "async ",
    ".await",
    "tokio",
    "kube::",
    "aws_sdk",
    "aws_config::",
    "crate::ecs",
    "crate::controller",
    "SystemTime",
    "Instant::now",
    "fastrand",
];

/// The Rust files of a folder and of the folders in it.
fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_core_knows_no_clock_no_client_and_no_aws_type() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core");
    let files = rust_files(&core);
    assert!(files.len() > 50, "the core is where it was");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in FOREIGN {
                assert!(!line.contains(word), "{}: {line}", file.display());
            }
            assert!(
                !line.contains("Timestamp::now"),
                "{}: {line}",
                file.display()
            );
        }
    }
}

#[test]
fn only_the_watch_its_cache_and_the_port_to_kubernetes_know_kube() {
    let controller = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/controller");
    for file in rust_files(&controller) {
        let knows = fs::read_to_string(&file).unwrap().contains("kube::");
        let name = file.file_name().unwrap().to_str().unwrap();
        assert_eq!(
            knows,
            [
                "run.rs",
                "changes.rs",
                "outage.rs",
                "cache_entry.rs",
                "cache_entry_tests.rs",
                "kubernetes.rs",
                "recorders.rs",
                "refusal.rs"
            ]
            .contains(&name),
            "{name}"
        );
    }
}
