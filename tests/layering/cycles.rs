//! No two files import each other, neither directly nor through a chain of others.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{
    imports::{Edge, edges},
    source::read,
};

/// For each group of files that import each other, every import within the group.
fn cycles(edges: &BTreeSet<Edge>) -> Vec<Vec<&Edge>> {
    let mut imported: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in edges {
        imported.entry(&edge.from).or_default().insert(&edge.to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = imported
        .keys()
        .map(|file| (*file, reachable(file, &imported)))
        .collect();
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|all| all.contains(to));
    let mut groups: BTreeMap<BTreeSet<&str>, Vec<&Edge>> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| reaches(&edge.to, &edge.from)) {
        let files = reached[edge.from.as_str()].iter().copied();
        let group = files.filter(|file| reaches(file, &edge.from)).collect();
        groups.entry(group).or_default().push(edge);
    }
    groups.into_values().collect()
}

fn reachable<'a>(
    file: &'a str,
    imported: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> BTreeSet<&'a str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![file]);
    while let Some(next) = open.pop() {
        for to in imported.get(next).into_iter().flatten() {
            if found.insert(*to) {
                open.push(to);
            }
        }
    }
    found
}

/// One import for each pair of files.
fn first_of_each_pair(mut imports: Vec<&Edge>) -> Vec<&Edge> {
    imports.dedup_by(|next, first| (&next.from, &next.to) == (&first.from, &first.to));
    imports
}

/// Panics with every cycle in the sources of a crate.
fn expect_none(folder: &str, library: &str) {
    let files = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let edges = edges(&files, library);
    assert!(edges.len() > 50, "{} imports are too few", edges.len());
    let mut report = String::new();
    for cycle in cycles(&edges) {
        report.push_str("these files import each other:\n");
        for Edge {
            from,
            to,
            line,
            path,
        } in first_of_each_pair(cycle)
        {
            report.push_str(&format!("  {folder}/{from}:{line}: {path} is in {to}\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn no_files_of_the_operator_import_each_other() {
    expect_none("src", "ecs_express_operator");
}

#[test]
fn no_files_of_the_emulator_import_each_other() {
    expect_none("emulator/src", "ecs_express_emulator");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::tests::files;

    fn groups(texts: &[(&str, &str)]) -> Vec<Vec<String>> {
        let edges = edges(&files(texts), "shop");
        let groups = cycles(&edges).into_iter();
        groups
            .map(|group| group.iter().map(|edge| edge.from.clone()).collect())
            .collect()
    }

    #[test]
    fn a_chain_without_a_way_back_is_no_cycle() {
        let texts = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::{b::B, c::C};"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            ("c.rs", "pub struct C;"),
        ];
        assert!(groups(&texts).is_empty());
    }

    #[test]
    fn two_files_that_import_each_other_are_a_cycle() {
        let texts = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "pub struct B; fn f(_: super::a::A) {}"),
            ("c.rs", "use crate::a::A;"),
        ];
        assert_eq!(groups(&texts), [["a.rs", "b.rs"]]);
    }

    #[test]
    fn a_chain_that_leads_back_is_a_cycle_and_two_cycles_are_distinguished() {
        let texts = [
            ("lib.rs", "mod a; mod b; mod c; mod d; mod e;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            ("c.rs", "use crate::a::A; use crate::d::D; pub struct C;"),
            ("d.rs", "use crate::e::E; pub struct D;"),
            ("e.rs", "use crate::d::D; pub struct E;"),
        ];
        let found = groups(&texts);
        assert_eq!(found, [vec!["a.rs", "b.rs", "c.rs"], vec!["d.rs", "e.rs"]]);
    }

    #[test]
    fn a_parent_that_re_exports_its_children_is_no_cycle_and_one_that_both_use_is() {
        let children = ("a/c.rs", "use super::B; pub struct C;");
        let child = ("a/b.rs", "pub struct B;");
        let lib = ("lib.rs", "mod a;");
        let re_exports = ("a/mod.rs", "mod b; mod c; pub use b::B; pub use c::C;");
        assert!(groups(&[lib, re_exports, child, children]).is_empty());
        let defines = (
            "a/mod.rs",
            "mod b; pub use b::C; pub struct A; pub fn f(_: C) {}",
        );
        let uses = ("a/b.rs", "use super::A; pub struct C(A);");
        assert_eq!(groups(&[lib, defines, uses]), [["a/b.rs", "a/mod.rs"]]);
    }
}
