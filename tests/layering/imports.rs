//! Which file imports from which.
//!
//! An import counts for the file that *defines* the item: re-exports are followed, and naming a module alone is no
//! import. So a `mod.rs` may re-export its children, and they may use each other through it; a child that uses an item
//! which its `mod.rs` defines itself must not be used by that `mod.rs` in turn.

use std::collections::BTreeSet;

use crate::source::{Files, Import, Module, Modules, Reference, modules};

/// An import of one file from another, by their paths below `src`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub line: usize,
    /// The path as it is written.
    pub path: String,
}

/// Every import between two files of a crate. `library` is the name by which `main.rs` calls the library.
pub fn edges(files: &Files, library: &str) -> BTreeSet<Edge> {
    let tree = Tree {
        modules: modules(files),
        library,
    };
    let mut found = BTreeSet::new();
    for (path, module) in &tree.modules {
        let imported = module.imports.iter().map(|import| &import.reference);
        for reference in imported.chain(&module.references) {
            let Some(absolute) = tree.absolute(path, &reference.segments, DEPTH) else {
                continue;
            };
            found.extend(tree.edge(module, reference, &absolute));
        }
        for import in module.imports.iter().filter(|import| import.name.is_none()) {
            let Some(absolute) = tree.absolute(path, &import.reference.segments, DEPTH) else {
                continue;
            };
            found.extend(tree.glob_edge(module, import, &absolute));
        }
    }
    found
}

/// Every `use` that names a module of another file, as a re-export of the module does.
pub fn module_edges(files: &Files, library: &str) -> BTreeSet<Edge> {
    let tree = Tree {
        modules: modules(files),
        library,
    };
    let mut found = BTreeSet::new();
    for (path, module) in &tree.modules {
        for import in &module.imports {
            let absolute = tree.absolute(path, &import.reference.segments, DEPTH);
            if let Some(named) = absolute.and_then(|absolute| tree.modules.get(&absolute)) {
                found.extend(edge(module, &import.reference, &named.file));
            }
        }
    }
    found
}

/// How many re-exports and aliases in a row are followed.
const DEPTH: usize = 16;

struct Tree<'a> {
    modules: Modules,
    library: &'a str,
}

impl Tree<'_> {
    /// The path from the root of a crate to what `segments` names within the module `at`; `None` for other crates,
    /// the prelude, and items of the module itself.
    fn absolute(&self, at: &[String], segments: &[String], depth: usize) -> Option<Vec<String>> {
        let (first, rest) = segments.split_first()?;
        let module = self.modules.get(at)?;
        let base = match first.as_str() {
            "crate" => at[..1].to_vec(),
            "self" if rest.first().is_some_and(|next| next == "super") => {
                return self.absolute(at, rest, depth);
            }
            "self" => at.to_vec(),
            "super" => {
                let above = rest.iter().take_while(|segment| *segment == "super");
                let levels = 1 + above.count();
                let base = at.get(..at.len().checked_sub(levels)?)?;
                return Some([base, &segments[levels..]].concat());
            }
            name if name == self.library => vec!["lib".to_owned()],
            name if module.children.contains(name) => [at, &segments[..1]].concat(),
            name => self.alias(at, module, name, depth)?,
        };
        Some([base, rest.to_vec()].concat())
    }

    /// The absolute path of a name that a `use` of the module brings in.
    fn alias(
        &self,
        at: &[String],
        module: &Module,
        name: &str,
        depth: usize,
    ) -> Option<Vec<String>> {
        let named = |import: &&Import| import.name.as_deref() == Some(name);
        let import = module.imports.iter().find(named)?;
        let segments = &import.reference.segments;
        // `use tokio;` names a crate, not itself.
        if depth == 0 || segments.as_slice() == [name] {
            return None;
        }
        self.absolute(at, segments, depth - 1)
    }

    fn edge(&self, from: &Module, reference: &Reference, absolute: &[String]) -> Option<Edge> {
        edge(from, reference, self.definition(absolute, DEPTH)?)
    }

    /// A glob takes whatever the module defines.
    fn glob_edge(&self, from: &Module, import: &Import, absolute: &[String]) -> Option<Edge> {
        edge(from, &import.reference, &self.modules.get(absolute)?.file)
    }

    /// The file that defines the item with this path; `None` if the path names a module.
    fn definition(&self, absolute: &[String], depth: usize) -> Option<&str> {
        let length = (1..=absolute.len())
            .rev()
            .find(|length| self.modules.contains_key(&absolute[..*length]))?;
        let (path, rest) = absolute.split_at(length);
        let (module, name) = (&self.modules[path], rest.first()?);
        if module.items.contains(name) || depth == 0 {
            return Some(&module.file);
        }
        let follow = |target: Vec<String>| {
            let target = [target, rest[1..].to_vec()].concat();
            self.definition(&target, depth - 1)
        };
        if module
            .imports
            .iter()
            .any(|import| import.name.as_ref() == Some(name))
        {
            return self.alias(path, module, name, DEPTH).and_then(follow);
        }
        let globs = module.imports.iter().filter(|import| import.name.is_none());
        let mut targets = globs
            .filter_map(|import| self.absolute(path, &import.reference.segments, DEPTH))
            .filter(|target| self.defines(target, name))
            .map(|target| [target, vec![name.clone()]].concat());
        match targets.next() {
            Some(target) => follow(target),
            // Made by a macro.
            None => Some(&module.file),
        }
    }

    fn defines(&self, path: &[String], name: &str) -> bool {
        self.modules
            .get(path)
            .is_some_and(|module| module.items.contains(name))
    }
}

fn edge(from: &Module, reference: &Reference, to: &str) -> Option<Edge> {
    (from.file != to).then(|| Edge {
        from: from.file.clone(),
        to: to.to_owned(),
        line: reference.line,
        path: reference.segments.join("::"),
    })
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn files(texts: &[(&str, &str)]) -> Files {
        let owned = |(file, text): &(&str, &str)| ((*file).to_owned(), (*text).to_owned());
        texts.iter().map(owned).collect()
    }

    /// The imports as `from → to`.
    fn found(texts: &[(&str, &str)]) -> Vec<String> {
        let edges = edges(&files(texts), "shop").into_iter();
        let mut found: Vec<_> = edges
            .map(|edge| format!("{} → {}", edge.from, edge.to))
            .collect();
        found.dedup();
        found
    }

    #[test]
    fn an_import_is_found_however_it_is_written() {
        for import in [
            "use crate::b::B;",
            "use crate::{b::{self, B}, c};",
            "use super::b::{B as Other};",
            "use super::b; fn f() -> b::B {}",
            "use crate as shop; fn f() -> shop::b::B {}",
            "use super::b::*;",
            "use self::super::b::B;",
            "fn f() -> crate::b::B {}",
            "fn f() { assert_eq!(1, super::b::f()) }",
            "mod inner { use super::super::b::B; }",
            "pub use crate::b::B;",
        ] {
            let lib = "mod a; mod b; mod c;";
            let texts = [
                ("lib.rs", lib),
                ("a.rs", import),
                ("b.rs", "pub struct B; pub fn f() {}"),
                ("c.rs", ""),
            ];
            assert_eq!(found(&texts), ["a.rs → b.rs"], "{import}");
        }
    }

    #[test]
    fn what_is_no_import_is_not_found() {
        for text in [
            "use super::b;",
            "// use crate::b::B;",
            "/// [`crate::b::B`]\nfn f() {}",
            "const C: &str = \"use crate::b::B;\";",
            "#[cfg(test)] mod tests { use crate::b::B; }",
            "use other::b::B; use std::b::B;",
            "enum B { C } fn f() -> B { B::C }",
        ] {
            let texts = [
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", text),
                ("b.rs", "pub struct B;"),
            ];
            assert_eq!(found(&texts), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_re_export_is_followed_to_the_definition() {
        let texts = [
            ("lib.rs", "mod a;"),
            (
                "a/mod.rs",
                "mod b; mod c; pub use b::B; pub use self::c::*;",
            ),
            ("a/b.rs", "use super::{C, D}; pub struct B;"),
            ("a/c.rs", "pub struct C; make! { D }"),
        ];
        assert_eq!(
            found(&texts),
            [
                "a/b.rs → a/c.rs",
                // Not found in `c.rs`, so it is taken for the parent's own.
                "a/b.rs → a/mod.rs",
                "a/mod.rs → a/b.rs",
                "a/mod.rs → a/c.rs",
            ]
        );
    }

    #[test]
    fn a_child_that_uses_an_item_of_its_parent_imports_from_it() {
        let texts = [
            ("lib.rs", "mod a;"),
            ("a.rs", "mod b; pub struct A;"),
            ("a/b.rs", "use super::A;"),
        ];
        assert_eq!(found(&texts), ["a/b.rs → a.rs"]);
    }

    #[test]
    fn the_program_imports_from_the_library_by_its_name() {
        let texts = [
            ("lib.rs", "pub mod a;"),
            ("a.rs", "pub fn run() {}"),
            ("main.rs", "mod b; fn main() { shop::a::run() }"),
            ("b.rs", "use crate::b; use shop::a::run;"),
        ];
        assert_eq!(found(&texts), ["b.rs → a.rs", "main.rs → a.rs"]);
    }
}
