//! The layering of the source: what the core must not know, and which module may import which.

use std::{
    fs,
    path::{Path, PathBuf},
};

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

/// All Rust files in a folder and in the folders below it.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
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

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn the_core_knows_no_clock_no_client_and_no_aws_type() {
    let core = source().join("core");
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
fn only_the_watch_the_adapter_and_the_loop_of_the_controller_know_kube() {
    let controller = source().join("controller");
    let files = rust_files(&controller);
    assert!(files.len() > 15, "the controller is where it was");
    for file in files {
        let knows_kube = fs::read_to_string(&file).unwrap().contains("kube::");
        let name = file.strip_prefix(&controller).unwrap();
        let name = name.to_str().unwrap();
        let may = ["watch/", "kubernetes/", "run.rs"];
        // The compression is about bytes alone.
        let is_allowed =
            may.iter().any(|path| name.starts_with(path)) && name != "watch/compressed.rs";
        assert_eq!(knows_kube, is_allowed, "{name}");
    }
}

/// The modules of a folder, each importing only from those before it.
const ORDERS: [(&str, &[&str]); 7] = [
    (
        "",
        &[
            "api",
            "core",
            "telemetry",
            "ecs",
            "controller",
            "cli",
            "served_crd",
            "start",
            "lib",
            "main",
        ],
    ),
    ("telemetry", &["health", "log", "metrics", "server"]),
    (
        "ecs",
        &[
            "classify",
            "classify_tests",
            "sdk_error",
            "translate",
            "clients",
            "credentials",
            "caller_cache",
            "aws",
            "caller",
            "calls",
        ],
    ),
    (
        "controller",
        &[
            "objects",
            "triggers",
            "reconcile_state",
            "context",
            "reconciliation",
            "log",
            "gather",
            "status",
            "finalizer",
            "fence",
            "act",
            "report",
            "reconcile",
            "watch",
            "kubernetes",
            "run",
        ],
    ),
    (
        "controller/watch",
        &["compressed", "cache_entry", "cache_entry_tests", "outage"],
    ),
    ("controller/kubernetes", &["refusal", "recorders"]),
    ("cli", &["exit", "renamed", "values", "tests"]),
];

#[test]
fn no_module_imports_from_one_that_builds_on_it() {
    for (folder, order) in ORDERS {
        let base: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
        let rank = |name: &str| order.iter().position(|known| *known == name);
        for file in rust_files(&source().join(folder)) {
            let module = module_path(&file);
            let Some(own) = module.get(base.len()) else {
                continue;
            };
            let place = rank(own).unwrap_or_else(|| panic!("{folder}: {own} has no place"));
            for import in imports(&file) {
                if !import.iter().zip(&base).all(|(name, base)| name == base) {
                    continue;
                }
                let imported = import.get(base.len()).and_then(|name| rank(name));
                assert!(
                    imported.is_none_or(|imported| imported <= place),
                    "{} imports {}",
                    file.display(),
                    import.join("::")
                );
            }
        }
    }
}

/// The path of the module in a file, as in `["controller", "watch"]`.
fn module_path(file: &Path) -> Vec<String> {
    let path = file.strip_prefix(source()).unwrap().with_extension("");
    let mut path: Vec<String> = path
        .iter()
        .map(|name| name.to_str().unwrap().to_owned())
        .collect();
    path.pop_if(|name| name == "mod");
    path
}

/// The absolute paths in this crate that the code of a file names.
fn imports(file: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(file).unwrap();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let code: String = text
        .lines()
        .filter(is_code)
        .flat_map(|line| [line, "\n"])
        .collect();
    let own = module_path(file);
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            // A path that goes on from another one, as in `super::super::`.
            if code[..at].ends_with("::") {
                continue;
            }
            found.extend(
                paths(&code[at..])
                    .into_iter()
                    .map(|path| absolute(&own, &path)),
            );
        }
    }
    found
}

fn absolute(own: &[String], path: &[String]) -> Vec<String> {
    let mut absolute = own.to_vec();
    for name in path {
        match name.as_str() {
            "crate" => absolute.clear(),
            // In a module within a file (its tests) the parent is the file, which may be imported anyhow.
            "super" => drop(absolute.pop()),
            "self" => {}
            name => absolute.push(name.to_owned()),
        }
    }
    absolute
}

/// The paths at the start of a text, a group of imports taken apart.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut path = Vec::new();
    let mut rest = text;
    loop {
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        if end > 0 {
            path.push(rest[..end].to_owned());
        }
        let Some(next) = rest[end..].strip_prefix("::") else {
            return vec![path];
        };
        let Some(group) = next.strip_prefix('{') else {
            rest = next;
            continue;
        };
        let members = members(group);
        let with_path = |member: Vec<String>| [path.clone(), member].concat();
        return members
            .into_iter()
            .filter(|member| !member.is_empty())
            .flat_map(paths)
            .map(with_path)
            .collect();
    }
}

/// The members of a group of imports, up to its closing brace.
fn members(group: &str) -> Vec<&str> {
    let (mut members, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                members.push(group[start..at].trim());
                return members;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(group[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    members
}

#[test]
fn imports_are_found_in_groups_and_in_code() {
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        paths("crate::{\n    api::conditions,\n    ecs::{self, aws::{A, B}},\n};"),
        [
            path("crate::api::conditions"),
            path("crate::ecs::self"),
            path("crate::ecs::aws::A"),
            path("crate::ecs::aws::B")
        ]
    );
    assert_eq!(
        paths("crate::core::decide(&input)"),
        [path("crate::core::decide")]
    );
    let own = path("controller::watch::outage");
    assert_eq!(
        absolute(&own, &path("super::super::run::Loop")),
        path("controller::run::Loop")
    );
}
