//! What became of each mutant, kept in the repository between runs. So a run continues where the last one ended, and
//! repeats only what a change of the source or of a mutant may have made untrue.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{bank::Mutant, checkout::hex, error::Error};

/// What became of one mutant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Hash of the mutant and of the sources.
    pub key: String,
    /// What each test suite made of it.
    pub suites: BTreeMap<String, Detection>,
    /// How long building and testing it took.
    pub seconds: u64,
}

/// What a test suite made of a mutant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detection {
    /// The suite failed: the first failure.
    Killed(String),
    /// The suite passed.
    Survived,
}

impl Outcome {
    /// Whether every suite that had to notice the mutant did.
    pub fn is_killed(&self) -> bool {
        let mut detections = self.suites.values();
        detections.all(|detection| matches!(detection, Detection::Killed(_)))
    }
}

/// The outcomes of all mutants so far, in a file.
#[derive(Debug)]
pub struct Results {
    path: PathBuf,
    stored: Stored,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Stored {
    /// The outcome of the unchanged source.
    unchanged: Option<Outcome>,
    mutants: BTreeMap<String, Outcome>,
}

impl Results {
    /// Reads the file; without one, there are no outcomes yet.
    pub fn read(path: PathBuf) -> Result<Self, Error> {
        let stored = match fs::read(&path) {
            Err(_) => Stored::default(),
            Ok(text) => serde_json::from_slice(&text).map_err(|error| Error::Format {
                path: path.clone(),
                message: error.to_string(),
            })?,
        };
        Ok(Self { path, stored })
    }

    /// The outcome of a mutant, of these or of earlier sources.
    pub fn of(&self, mutant: &Mutant) -> Option<&Outcome> {
        self.stored.mutants.get(&mutant.name)
    }

    /// The outcome of the unchanged source.
    pub fn unchanged(&self) -> Option<&Outcome> {
        self.stored.unchanged.as_ref()
    }

    /// Sets the outcome of the unchanged source, and writes the file.
    pub fn set_unchanged(&mut self, outcome: Outcome) -> Result<(), Error> {
        self.stored.unchanged = Some(outcome);
        self.write()
    }

    /// Adds an outcome and writes the file, so that an interrupted run loses nothing.
    pub fn add(&mut self, mutant: &Mutant, outcome: Outcome) -> Result<(), Error> {
        self.stored.mutants.insert(mutant.name.clone(), outcome);
        self.write()
    }

    /// Drops the outcomes of mutants that the bank no longer has.
    pub fn keep_only(&mut self, bank: &[Mutant]) -> Result<(), Error> {
        let before = self.stored.mutants.len();
        self.stored
            .mutants
            .retain(|name, _| bank.iter().any(|mutant| mutant.name == *name));
        if self.stored.mutants.len() == before {
            return Ok(());
        }
        self.write()
    }

    fn write(&self) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(&self.stored).map_err(|error| Error::Format {
            path: self.path.clone(),
            message: error.to_string(),
        })?;
        fs::write(&self.path, text + "\n").map_err(Error::io(&self.path))
    }
}

/// The key of an outcome: it holds for these sources and this mutant.
pub fn key(mutant: &Mutant, sources: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(sources.as_bytes());
    hasher.update(mutant.text.as_bytes());
    hex(&hasher.finalize())
}
