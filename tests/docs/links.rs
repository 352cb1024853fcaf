//! Links and anchors resolve.

use std::path::{Component, Path, PathBuf};

use crate::{
    markdown::{anchors, links},
    repository::{documents, read, root},
};

/// A path with `.` and `..` resolved.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(tidy.pop(), "{} leaves the repository", path.display()),
            Component::CurDir => {}
            part => tidy.push(part),
        }
    }
    tidy
}

/// What is wrong with a link.
fn wrong(document: &str, link: &str) -> Option<String> {
    if link.contains("://") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        PathBuf::from(document)
    } else {
        tidy(&Path::new(document).parent().unwrap().join(file))
    };
    if !root().join(&target).exists() {
        return Some(format!(
            "{document}: {link}: there is no {}",
            target.display()
        ));
    }
    if anchor.is_empty() || target.extension().is_none_or(|extension| extension != "md") {
        return None;
    }
    let known = anchors(&read(target.to_str().unwrap()));
    (!known.iter().any(|known| known == anchor))
        .then(|| format!("{document}: {link}: there is no such heading"))
}

#[test]
fn every_relative_link_and_anchor_resolves() {
    let mut checked = 0;
    let mut broken = Vec::new();
    for document in documents() {
        for link in links(&read(&document)) {
            checked += 1;
            broken.extend(wrong(&document, &link));
        }
    }
    assert!(checked > 20, "{checked} links are too few to be all");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
