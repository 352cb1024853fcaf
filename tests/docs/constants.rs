//! String constants of the source, with their doc comments.

use crate::repository::read;

#[derive(Debug)]
pub struct Constant {
    pub value: String,
    pub doc: String,
}

/// The public string constants of a module within a file.
pub fn constants(file: &str, module: &str) -> Vec<Constant> {
    let source = read(file);
    let (_, rest) = source
        .split_once(&format!("pub mod {module} {{"))
        .unwrap_or_else(|| panic!("{file}: no module {module}"));
    let (body, _) = rest.split_once("\n}").unwrap();
    constants_in(body)
}

/// The public string constants of source text.
pub fn constants_in(body: &str) -> Vec<Constant> {
    let mut found = Vec::new();
    let mut doc: Vec<&str> = Vec::new();
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            doc.push(text.trim());
        } else if let Some(constant) = line.strip_prefix("pub const ")
            && let Some((_, value)) = constant.split_once("\"")
        {
            found.push(Constant {
                value: value.trim_end_matches("\";").into(),
                doc: doc.join(" "),
            });
            doc.clear();
        } else {
            doc.clear();
        }
    }
    assert!(found.len() > 3, "{found:?}");
    found
}
