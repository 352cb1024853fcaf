//! The order of the modules: each imports only from itself and from those before it.

use std::{collections::BTreeSet, path::Path};

use crate::{
    imports::{Edge, edges, module_edges},
    source::{Files, modules, read},
};

/// The order in each folder of `src`. `lib.rs` only declares modules, and `main.rs` may use all of them.
const ORDERS: [Order; 7] = [
    Order {
        folder: "",
        modules: &[
            "api",
            "core",
            "telemetry",
            "ecs",
            "controller",
            "cli",
            "served_crd",
            "start",
        ],
    },
    CORE,
    Order {
        folder: "telemetry/",
        modules: &["health", "log", "metrics", "server"],
    },
    Order {
        folder: "ecs/",
        modules: &[
            "classify",
            "answer_limit",
            "sdk_error",
            "translate",
            "clients",
            "credentials",
            "caller_cache",
            "aws",
            "caller",
            "calls",
        ],
    },
    Order {
        folder: "controller/",
        modules: &[
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
            "credentials",
            "run",
        ],
    },
    Order {
        folder: "controller/watch/",
        modules: &["compressed", "cache_entry", "outage"],
    },
    Order {
        folder: "controller/kubernetes/",
        modules: &["refusal", "recorders", "access", "malformed"],
    },
];

/// The folders of the core, which read as the algorithm.
const CORE: Order = Order {
    folder: "core/",
    modules: &[
        "desired",
        "redaction",
        "observed",
        "diff",
        "operator_state",
        "decide",
        "record",
        "report",
    ],
};

struct Order<'a> {
    /// With a slash at its end, or empty for `src` itself.
    folder: &'a str,
    modules: &'a [&'a str],
}

impl Order<'_> {
    /// The module of the folder that a file belongs to; `None` for files elsewhere and for the folder's own `mod.rs`.
    fn module<'a>(&self, file: &'a str) -> Option<&'a str> {
        let rest = file.strip_prefix(self.folder)?;
        let module = rest.split('/').next()?.trim_end_matches(".rs");
        (!["lib", "main", "mod"].contains(&module)).then_some(module)
    }

    fn position(&self, module: &str) -> Option<usize> {
        self.modules.iter().position(|known| *known == module)
    }

    /// Modules that have no place in the order.
    fn unknown(&self, files: &Files) -> BTreeSet<String> {
        let modules = modules(files).into_values();
        modules
            .filter_map(|module| self.module(&module.file).map(str::to_owned))
            .filter(|module| self.position(module).is_none())
            .collect()
    }

    /// Imports from a later module.
    fn backward<'a>(&self, edges: &'a BTreeSet<Edge>) -> Vec<&'a Edge> {
        let position = |file| self.position(self.module(file)?);
        edges
            .iter()
            .filter(|edge| position(&edge.from) < position(&edge.to))
            .filter(|edge| position(&edge.from).is_some())
            .collect()
    }

    /// Everything that is wrong with the sources in `src`, one line each.
    fn violations(&self, files: &Files, library: &str) -> String {
        let mut report = String::new();
        for module in self.unknown(files) {
            let folder = self.folder;
            report.push_str(&format!("src/{folder}{module} has no place in the order\n"));
        }
        let mut edges = edges(files, library);
        edges.extend(module_edges(files, library));
        for edge in self.backward(&edges) {
            let Edge {
                from,
                to,
                line,
                path,
            } = edge;
            report.push_str(&format!(
                "src/{from}:{line}: {path} is in {to}, which comes later\n"
            ));
        }
        report
    }
}

fn operator() -> Files {
    let files = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 50, "{} files are too few", files.len());
    files
}

#[test]
fn modules_import_only_from_earlier_ones() {
    let files = operator();
    let violations = ORDERS.map(|order| order.violations(&files, "ecs_express_operator"));
    let report = violations.concat();
    assert!(report.is_empty(), "{report}");
}

/// The folders and files of the emulator's model, whose order its `mod.rs` states in a table.
#[test]
fn modules_of_the_emulators_model_import_only_from_earlier_ones() {
    let files = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("emulator/src"));
    let table = files["model/mod.rs"].clone();
    let order: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next())
        .collect();
    assert!(order.len() > 10, "{order:?}");
    // The tests of the model may import whatever they need.
    let files = files
        .into_iter()
        .filter(|(file, _)| !file.starts_with("model/tests/"))
        .collect();
    let model = Order {
        folder: "model/",
        modules: &order,
    };
    let report = model.violations(&files, "ecs_express_emulator");
    assert!(report.is_empty(), "{report}");
}

#[test]
fn the_folders_of_the_core_are_those_of_the_architecture() {
    let files = operator();
    let module = |file: &String| CORE.module(file).map(str::to_owned);
    let folders: BTreeSet<String> = files.keys().filter_map(module).collect();
    let expected = CORE.modules.iter().map(|module| (*module).to_owned());
    assert_eq!(folders, expected.collect());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::tests::files;

    const SHOP: Order = Order {
        folder: "core/",
        modules: &["first", "second"],
    };

    fn with(first: &str, second: &str) -> String {
        let texts = [
            ("lib.rs", "pub mod core;"),
            ("core/mod.rs", "pub mod first; pub mod second;"),
            ("core/first/mod.rs", "pub mod part; pub struct A;"),
            ("core/first/part.rs", first),
            ("core/second.rs", second),
        ];
        SHOP.violations(&files(&texts), "shop")
    }

    #[test]
    fn an_import_from_an_earlier_module_is_allowed() {
        assert_eq!(
            with("use super::A;", "use super::first::A; pub struct B;"),
            ""
        );
    }

    #[test]
    fn an_import_from_a_later_module_is_reported_however_it_is_written() {
        for import in [
            "use crate::core::second::B;",
            "use crate::core::{second::B};",
            "use super::super::second::B;",
            "fn f() -> crate::core::second::B {}",
            "use crate::core; fn f() -> core::second::B {}",
            "use self::super::super::second::B;",
            "pub use crate::core::second;",
        ] {
            let report = with(import, "pub struct B;");
            assert!(
                report.starts_with("src/core/first/part.rs:1: ")
                    && report.ends_with(" is in core/second.rs, which comes later\n"),
                "{import}: {report}"
            );
        }
    }

    #[test]
    fn a_module_without_a_place_in_the_order_is_reported() {
        let texts = [
            ("lib.rs", "mod core;"),
            ("core/mod.rs", "mod third;"),
            ("core/third.rs", ""),
            ("other/fourth.rs", ""),
        ];
        assert_eq!(
            SHOP.violations(&files(&texts), "shop"),
            "src/core/third has no place in the order\n"
        );
    }
}
