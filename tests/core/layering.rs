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

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn the_core_has_no_clock_no_client_and_no_aws_type() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core");
    let files = rust_files(&core);
    assert!(files.len() > 10, "the core is where it was");
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
fn only_the_watch_its_cache_and_the_port_to_kubernetes_use_kube() {
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
