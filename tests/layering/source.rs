//! The modules of a crate: what each defines, imports and refers to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::tokens::{Kind, Token, tokens};

/// The files of a crate by their path below `src`, with their text.
pub type Files = BTreeMap<String, String>;

/// A path as it is written, such as `super::field::Field`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub segments: Vec<String>,
    pub line: usize,
}

/// A name that a `use` brings into a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub reference: Reference,
    /// `None` for a glob.
    pub name: Option<String>,
}

/// A module, in a file of its own or inline.
#[derive(Clone, Debug, Default)]
pub struct Module {
    pub file: String,
    pub children: BTreeSet<String>,
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    pub references: Vec<Reference>,
}

/// All modules of the library and of the program beside it, by their path; the first segment is `lib` or `main`.
pub type Modules = BTreeMap<Vec<String>, Module>;

/// Reads the Rust files below a folder.
pub fn read(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The modules that are reached from `lib.rs` and `main.rs` by declarations outside `#[cfg(test)]`: tests may import
/// whatever they need.
pub fn modules(files: &Files) -> Modules {
    let mut modules = Modules::new();
    for root in ["lib", "main"] {
        let file = format!("{root}.rs");
        if let Some(text) = files.get(&file) {
            let mut parser = Parser {
                files,
                modules: &mut modules,
            };
            parser.module(&tokens(text), vec![root.to_owned()], &file);
        }
    }
    modules
}

struct Parser<'a> {
    files: &'a Files,
    modules: &'a mut Modules,
}

impl Parser<'_> {
    fn module(&mut self, tokens: &[Token], path: Vec<String>, file: &str) {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let (mut at, mut depth) = (0, 0_usize);
        while at < tokens.len() {
            if is_test_attribute(&tokens[at..]) {
                at = end_of_item(tokens, at);
                continue;
            }
            let token = &tokens[at];
            depth = match token.kind {
                Kind::Symbol('{') => depth + 1,
                Kind::Symbol('}') => depth.saturating_sub(1),
                _ => depth,
            };
            let after_separator = at > 0 && tokens[at - 1].kind == Kind::PathSeparator;
            at = match token.word() {
                Some("use") => imports(tokens, at + 1, &mut module.imports),
                Some("mod") => self.submodule(tokens, at, &path, &mut module),
                Some(word) if !after_separator => {
                    if depth == 0 {
                        module.items.extend(definition(&tokens[at..]));
                    }
                    reference(tokens, at, word, &mut module.references)
                }
                _ => at + 1,
            };
        }
        self.modules.insert(path, module);
    }

    /// Reads a module that is declared at `at`; returns where the declaration ends.
    fn submodule(
        &mut self,
        tokens: &[Token],
        at: usize,
        parent: &[String],
        module: &mut Module,
    ) -> usize {
        let Some(name) = tokens.get(at + 1).and_then(Token::word) else {
            return at + 1;
        };
        let path = [parent, &[name.to_owned()]].concat();
        module.children.insert(name.to_owned());
        if tokens.get(at + 2).is_some_and(|token| token.is('{')) {
            let end = end_of_block(tokens, at + 2);
            self.module(&tokens[at + 3..end - 1], path, &module.file);
            return end;
        }
        let folder = path[1..].join("/");
        let file = [format!("{folder}.rs"), format!("{folder}/mod.rs")]
            .into_iter()
            .find(|file| self.files.contains_key(file))
            .unwrap_or_else(|| panic!("{}: no file of mod {name}", module.file));
        let text = &self.files[&file];
        self.module(&self::tokens(text), path, &file);
        at + 3
    }
}

/// Whether `#[cfg(test)]` stands here.
fn is_test_attribute(tokens: &[Token]) -> bool {
    let [hash, open, cfg, _, test, ..] = tokens else {
        return false;
    };
    hash.is('#') && open.is('[') && cfg.word() == Some("cfg") && test.word() == Some("test")
}

/// The position behind the item at `at`, attributes included.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    while tokens.get(at).is_some_and(|token| token.is('#')) {
        at = end_of_block(tokens, at + 1);
    }
    while let Some(token) = tokens.get(at) {
        match token.kind {
            Kind::Symbol(';') => return at + 1,
            Kind::Symbol('{') => return end_of_block(tokens, at),
            _ => at += 1,
        }
    }
    at
}

/// The position behind the bracket that closes the one at `at`.
fn end_of_block(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    for (position, token) in tokens.iter().enumerate().skip(at) {
        match token.kind {
            Kind::Symbol('{' | '[' | '(') => depth += 1,
            Kind::Symbol('}' | ']' | ')') => depth -= 1,
            _ => (),
        }
        if depth == 0 {
            return position + 1;
        }
    }
    tokens.len()
}

/// The name that is defined here, if any.
fn definition(tokens: &[Token]) -> Option<String> {
    const KEYWORDS: [&str; 8] = [
        "const", "enum", "fn", "static", "struct", "trait", "type", "union",
    ];
    let name = match tokens[0].word()? {
        "macro_rules" => tokens.get(2)?.word()?,
        keyword if KEYWORDS.contains(&keyword) => tokens.get(1)?.word()?,
        _ => return None,
    };
    (name != "fn").then(|| name.to_owned())
}

/// Records the path that begins at `at`, if more than one segment long; returns where it ends.
fn reference(tokens: &[Token], at: usize, first: &str, found: &mut Vec<Reference>) -> usize {
    let mut segments = vec![first.to_owned()];
    let mut end = at + 1;
    while tokens
        .get(end)
        .is_some_and(|token| token.kind == Kind::PathSeparator)
    {
        let Some(word) = tokens.get(end + 1).and_then(Token::word) else {
            break;
        };
        segments.push(word.to_owned());
        end += 2;
    }
    if segments.len() > 1 {
        let line = tokens[at].line;
        found.push(Reference { segments, line });
    }
    end
}

/// Records every name of the `use` tree at `at`; returns where the tree ends.
fn imports(tokens: &[Token], at: usize, found: &mut Vec<Import>) -> usize {
    let mut end = at;
    tree(tokens, &mut end, &[], found);
    end
}

fn tree(tokens: &[Token], at: &mut usize, prefix: &[String], found: &mut Vec<Import>) {
    let mut segments = prefix.to_vec();
    while let Some(token) = tokens.get(*at) {
        match &token.kind {
            Kind::Word(word) if word == "as" => {
                let name = tokens.get(*at + 1).and_then(Token::word);
                *at += 2;
                return found.push(import(segments, name, token.line));
            }
            Kind::Word(word) => segments.push(word.clone()),
            Kind::Symbol('*') => {
                *at += 1;
                let reference = Reference {
                    segments,
                    line: token.line,
                };
                return found.push(Import {
                    reference,
                    name: None,
                });
            }
            Kind::Symbol('{') => {
                *at += 1;
                while tokens.get(*at).is_some_and(|token| !token.is('}')) {
                    tree(tokens, at, &segments, found);
                    if tokens.get(*at).is_some_and(|token| token.is(',')) {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            Kind::PathSeparator => (),
            Kind::Symbol(_) | Kind::Literal => break,
        }
        *at += 1;
    }
    if segments.len() > prefix.len() {
        let line = tokens[*at - 1].line;
        found.push(import(segments, None, line));
    }
}

/// An import; `self` at the end of a path names the module before it.
fn import(mut segments: Vec<String>, name: Option<&str>, line: usize) -> Import {
    if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
        segments.pop();
    }
    let name = name.map(str::to_owned).or_else(|| segments.last().cloned());
    Import {
        reference: Reference { segments, line },
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lib(text: &str) -> Module {
        let files = Files::from([("lib.rs".to_owned(), text.to_owned())]);
        modules(&files)[&vec!["lib".to_owned()]].clone()
    }

    fn imported(text: &str) -> Vec<(String, Option<String>)> {
        let imports = lib(text).imports.into_iter();
        imports
            .map(|import| (import.reference.segments.join("::"), import.name))
            .collect()
    }

    #[test]
    fn every_name_of_a_use_tree_is_an_import() {
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(
            imported("use a::b; pub(crate) use c::{self, d::{e, f as g}, h::*,};"),
            [
                ("a::b".to_owned(), some("b")),
                ("c".to_owned(), some("c")),
                ("c::d::e".to_owned(), some("e")),
                ("c::d::f".to_owned(), some("g")),
                ("c::h".to_owned(), None),
            ]
        );
    }

    #[test]
    fn a_use_within_a_function_is_an_import_too() {
        assert_eq!(imported("fn f() { use super::g; g() }").len(), 1);
    }

    #[test]
    fn inline_paths_are_references() {
        let module = lib("fn f() -> crate::a::B { matches!(x, super::C::D) ; Vec::<u8>::new() }");
        let found: Vec<_> = module
            .references
            .iter()
            .map(|reference| reference.segments.join("::"))
            .collect();
        assert_eq!(found, ["crate::a::B", "super::C::D"]);
    }

    #[test]
    fn items_of_the_module_are_known_and_those_of_impl_blocks_are_not() {
        let module =
            lib("pub const fn a() {} struct B; impl B { fn c() {} } macro_rules! d { () => {} }");
        let items: Vec<_> = module.items.into_iter().collect();
        assert_eq!(items, ["B", "a", "d"]);
    }

    #[test]
    fn test_code_is_left_out() {
        let text = "#[cfg(test)] #[path = \"x_tests.rs\"] mod tests; #[cfg(test)] mod more { use a::b; } fn f() {}";
        let module = lib(text);
        assert!(module.children.is_empty() && module.imports.is_empty());
        assert!(module.items.contains("f"));
    }

    #[test]
    fn modules_are_found_in_files_in_folders_and_inline() {
        let files = [
            ("lib.rs", "mod a; mod b { mod c { } }"),
            ("a/mod.rs", "pub mod d;"),
            ("a/d.rs", "use super::super::b;"),
            ("stray.rs", "use nothing;"),
        ];
        let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
        let paths: Vec<_> = modules(&files.into())
            .into_keys()
            .map(|path| path.join("::"))
            .collect();
        assert_eq!(paths, ["lib", "lib::a", "lib::a::d", "lib::b", "lib::b::c"]);
    }
}
