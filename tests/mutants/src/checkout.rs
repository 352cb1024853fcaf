//! The copy of the repository in which a mutant is built. It lies outside the repository and is kept, with its target
//! directory, so that a mutant rebuilds only what it changes.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};

use crate::{bank::Mutant, error::Error};

/// What an outcome depends on, beside the mutant: directories and files of the repository.
const SOURCES: [&str; 8] = [
    "src/",
    "emulator/src/",
    "tests/core/",
    "tests/simulation/",
    "tests/support/",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
];

/// A copy of the repository.
#[derive(Debug)]
pub struct Checkout {
    /// Root of the repository.
    repository: PathBuf,
    /// Root of the copy.
    pub root: PathBuf,
    /// The target directory of the copy.
    pub target: PathBuf,
    files: Vec<String>,
}

impl Checkout {
    /// Creates the copy, or brings an earlier one up to date. Files that stay the same keep their times.
    pub fn of(repository: &Path) -> Result<Self, Error> {
        let cache = cache_directory().join("ecs-express-operator/mutants");
        let checkout = Self {
            repository: repository.to_owned(),
            root: cache.join("src"),
            target: cache.join("target"),
            files: files_of(repository)?,
        };
        checkout.remove_others()?;
        for file in &checkout.files {
            checkout.restore(file)?;
        }
        Ok(checkout)
    }

    /// Hash of everything in the repository that an outcome depends on.
    pub fn hash_of_sources(&self) -> Result<String, Error> {
        let mut hasher = Sha256::new();
        let is_source = |file: &&String| SOURCES.iter().any(|source| file.starts_with(source));
        for file in self.files.iter().filter(is_source) {
            hasher.update(file.as_bytes());
            let path = self.repository.join(file);
            hasher.update(fs::read(&path).map_err(Error::io(path))?);
        }
        Ok(hex(&hasher.finalize()))
    }

    /// Executes `work` while the copy is changed as the mutant says.
    pub fn with<T>(
        &self,
        mutant: &Mutant,
        work: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let changed = mutant.apply(&self.repository)?;
        for (file, content) in &changed {
            let path = self.root.join(file);
            fs::write(&path, content).map_err(Error::io(path))?;
        }
        let result = work();
        for (file, _) in &changed {
            self.restore(file)?;
        }
        result
    }

    fn restore(&self, file: &str) -> Result<(), Error> {
        let (from, to) = (self.repository.join(file), self.root.join(file));
        let content = fs::read(&from).map_err(Error::io(&from))?;
        if fs::read(&to).is_ok_and(|present| present == content) {
            return Ok(());
        }
        if let Some(directory) = to.parent() {
            fs::create_dir_all(directory).map_err(Error::io(directory))?;
        }
        fs::write(&to, content).map_err(Error::io(to))
    }

    /// Removes what the repository does not have, such as the seeds that a failed property test leaves behind.
    fn remove_others(&self) -> Result<(), Error> {
        let wanted: BTreeSet<PathBuf> =
            self.files.iter().map(|file| self.root.join(file)).collect();
        let mut directories = vec![self.root.clone()];
        while let Some(directory) = directories.pop() {
            let Ok(entries) = fs::read_dir(&directory) else {
                continue;
            };
            for entry in entries {
                let path = entry.map_err(Error::io(&directory))?.path();
                if path.is_dir() {
                    directories.push(path);
                } else if !wanted.contains(&path) {
                    fs::remove_file(&path).map_err(Error::io(path))?;
                }
            }
        }
        Ok(())
    }
}

/// The files of the repository that git tracks, or would.
fn files_of(repository: &Path) -> Result<Vec<String>, Error> {
    let failed = |message: String| Error::Command {
        program: "git ls-files".into(),
        message,
    };
    let output = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(repository)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    let listed = listed.split_terminator('\0');
    // A file that was deleted and not committed is listed as well.
    let present = listed.filter(|file| repository.join(file).is_file());
    let mut files: Vec<String> = present.map(str::to_owned).collect();
    files.sort();
    files.dedup();
    Ok(files)
}

fn cache_directory() -> PathBuf {
    let set = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty());
    set.map_or_else(
        || PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cache"),
        PathBuf::from,
    )
}

/// The first 16 hexadecimal digits of a hash.
pub(crate) fn hex(hash: &[u8]) -> String {
    hash.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
