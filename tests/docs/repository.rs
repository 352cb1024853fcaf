//! Files of this repository.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Markdown document, by its path in the repository.
pub fn documents() -> Vec<String> {
    let mut found = Vec::new();
    for directory in [
        "",
        "docs",
        "docs/decisions",
        "examples",
        "emulator",
        "charts/ecs-express-operator",
    ] {
        let Ok(entries) = fs::read_dir(root().join(directory)) else {
            continue;
        };
        let files = entries.map(|entry| entry.unwrap().path());
        found.extend(files.filter(|path| path.extension().is_some_and(|e| e == "md")));
    }
    let within = |path: PathBuf| path.strip_prefix(root()).unwrap().display().to_string();
    let mut found: Vec<String> = found.into_iter().map(within).collect();
    found.sort();
    assert!(found.len() > 5, "{found:?} are too few to be all");
    found
}

/// Appends every Rust file below a directory.
pub fn rust_sources(directory: &Path, found: &mut String) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// Panics if a generated file is stale; with `UPDATE_DOCS=1` it is written instead.
pub fn compare(path: &str, generated: &str) {
    let stored = fs::read_to_string(root().join(path)).unwrap_or_default();
    if stored == generated {
        return;
    }
    if env::var_os("UPDATE_DOCS").is_some_and(|update| update == "1") {
        fs::write(root().join(path), generated).unwrap();
        return;
    }
    let (stored, generated): (Vec<_>, Vec<_>) =
        (stored.lines().collect(), generated.lines().collect());
    let line = (0..stored.len().max(generated.len()))
        .find(|line| stored.get(*line) != generated.get(*line))
        .unwrap_or_default();
    panic!(
        "{path} is stale: run `make docs`\nline {}: {:?}\nshould be: {:?}",
        line + 1,
        stored.get(line),
        generated.get(line)
    );
}
