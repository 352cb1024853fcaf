//! The mutants, as they are kept in the repository: one YAML file each.

use std::{fs, path::Path};

use serde::Deserialize;

use crate::error::Error;

/// A deliberate bug.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Name of its file without the extension.
    pub name: String,
    /// The text of its file.
    pub text: String,
    /// What the file says.
    pub description: Description,
}

/// The content of a file of the bank.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// What the bug leads to, as a sentence.
    pub why: String,
    /// The known bug that it re-creates: a project with an issue or advisory, or "this project" and what it was.
    pub known: String,
    /// Which tests have to notice it.
    pub by: KilledBy,
    /// The changes of the source.
    pub changes: Vec<Change>,
}

/// Which tests have to notice a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KilledBy {
    /// The core's tests.
    Core,
    /// The simulation.
    Simulation,
    /// The core's tests and the simulation, each on its own.
    Both,
    /// The simulation, without the tests that were written for this very bug when it was mended.
    SimulationAlone,
}

/// A change of one file. Lines are compared without their indentation, so that a change of the surroundings does not
/// matter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Path of the file in the repository.
    pub file: String,
    /// Whole lines of the source, which occur there exactly once.
    pub original: String,
    /// The lines that replace them.
    pub mutant: String,
}

impl Mutant {
    /// All mutants of the bank in a directory, by name.
    pub fn all(bank: &Path) -> Result<Vec<Self>, Error> {
        let mut found = Vec::new();
        for entry in fs::read_dir(bank).map_err(Error::io(bank))? {
            let path = entry.map_err(Error::io(bank))?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                found.push(Self::read(&path)?);
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(Error::io(path))?;
        let description = serde_saphyr::from_str(&text).map_err(|error| Error::Format {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        let name = path.file_stem().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            text,
            description,
        })
    }

    /// The changed files, each with its path and its new content, given the root of the unchanged source.
    pub fn apply(&self, root: &Path) -> Result<Vec<(String, String)>, Error> {
        let mut changed: Vec<(String, String)> = Vec::new();
        for change in &self.description.changes {
            let place = changed.iter().position(|(file, _)| *file == change.file);
            let before = match place {
                Some(place) => changed.swap_remove(place).1,
                None => {
                    let path = root.join(&change.file);
                    fs::read_to_string(&path).map_err(Error::io(path))?
                }
            };
            let after = change.apply(&before).map_err(|times| Error::NotOnce {
                mutant: self.name.clone(),
                file: change.file.clone(),
                times,
            })?;
            changed.push((change.file.clone(), after));
        }
        Ok(changed)
    }
}

impl Change {
    /// The source with this change; otherwise how often the original occurs.
    fn apply(&self, source: &str) -> Result<String, usize> {
        let lines: Vec<&str> = source.lines().collect();
        let original: Vec<&str> = self.original.lines().map(str::trim).collect();
        let same = |window: &[&str]| {
            let trimmed = window.iter().map(|line| line.trim());
            trimmed.eq(original.iter().copied())
        };
        let found: Vec<usize> = lines
            .windows(original.len().max(1))
            .enumerate()
            .filter(|(_, window)| same(window))
            .map(|(at, _)| at)
            .collect();
        let [at] = found[..] else {
            return Err(found.len());
        };
        let before = lines[..at].iter().copied();
        let after = lines[at + original.len()..].iter().copied();
        let all: Vec<&str> = before.chain(self.mutant.lines()).chain(after).collect();
        Ok(all.join("\n") + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::Change;

    fn change(original: &str) -> Change {
        Change {
            file: String::new(),
            original: original.into(),
            mutant: "else".into(),
        }
    }

    #[test]
    fn whole_lines_are_replaced_whatever_their_indentation() {
        let source = "fn f() {\n    if a {\n        b\n    }\n}\n";
        let changed = change("if a {\n  b").apply(source);
        assert_eq!(changed.unwrap(), "fn f() {\nelse\n    }\n}\n");
    }

    #[test]
    fn an_original_that_does_not_occur_exactly_once_is_an_error() {
        assert_eq!(change("b").apply("a\n"), Err(0));
        assert_eq!(change("a").apply("a\n  a\n"), Err(2));
        assert_eq!(change("a").apply("ab\n"), Err(0));
    }
}
