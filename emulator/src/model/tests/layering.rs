//! The order of the folders of the model, which the docs of `model/mod.rs` state.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

fn model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/model")
}

/// Returns the modules in the table of `model/mod.rs`, in its order.
fn layers() -> Vec<String> {
    let text = std::fs::read_to_string(model().join("mod.rs")).unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// Returns every file of the model except its tests, as `folder::file`, with its imports.
fn files() -> BTreeMap<String, BTreeSet<String>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![model()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(model()).unwrap().with_extension("");
            let name = name.to_str().unwrap().replace('/', "::");
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && name != "mod" {
                let text = std::fs::read_to_string(&path).unwrap();
                let name = name.trim_end_matches("::mod").to_owned();
                files.insert(name, imports(&text));
            }
        }
    }
    files
}

/// Returns the imported paths below `crate::model`, without their last segments.
fn imports(text: &str) -> BTreeSet<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut paths = BTreeSet::new();
    for statement in text.split("\nuse ").skip(1) {
        let statement: String = statement
            .split(';')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        assert!(!statement.starts_with("super"), "use {statement}");
        if let Some(tree) = statement.strip_prefix("crate::model::") {
            flatten("", tree, &mut paths);
        }
    }
    paths
}

/// Adds the module paths of a use tree, such as `api::{answer::page,arn::{Caller,ServiceArn}}`.
fn flatten(prefix: &str, tree: &str, paths: &mut BTreeSet<String>) {
    let mut depth = 0;
    let is_separator = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    };
    for part in tree.split(is_separator).filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((head, rest)) => {
                let inner = rest.strip_suffix('}').unwrap();
                flatten(&format!("{prefix}{head}"), inner, paths);
            }
            None => {
                let path = format!("{prefix}{part}");
                let module = path.rsplit_once("::").map_or("", |(module, _)| module);
                paths.insert(module.to_owned());
            }
        }
    }
}

#[test]
fn every_module_of_the_model_has_a_place_in_the_order() {
    let layers: BTreeSet<String> = layers().into_iter().collect();
    let found: BTreeSet<String> = files()
        .keys()
        .map(|file| file.split("::").next().unwrap().to_owned())
        .collect();
    assert_eq!(found, layers);
}

#[test]
fn modules_import_only_from_those_above_them() {
    let layers = layers();
    let layer = |path: &str| {
        let folder = path.split("::").next().unwrap();
        layers.iter().position(|layer| layer == folder)
    };
    for (file, imports) in files() {
        for import in imports {
            let (own, other) = (layer(&file), layer(&import));
            assert!(other.is_some(), "{file} imports {import:?}");
            assert!(other <= own, "{file} imports {import}, which is below it");
        }
    }
}

#[test]
fn files_do_not_import_each_other() {
    let files = files();
    for (file, imports) in &files {
        let mut pending: Vec<&String> = imports.iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(import) = pending.pop() {
            assert_ne!(import, file, "{file} imports itself through other files");
            if seen.insert(import) {
                pending.extend(files.get(import).into_iter().flatten());
            }
        }
    }
}
