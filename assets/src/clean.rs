//! Removes what a digester wrote and nobody needs any more.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    digester::{Encoding, now},
    files::{self, DigestError},
    manifest::{Entry, Manifest},
};

/// Removes earlier versions of digested files: see [`run`](Cleaner::run).
#[derive(Clone, Debug)]
pub struct Cleaner {
    directory: PathBuf,
    age: Duration,
    keep: usize,
    all: bool,
}

/// What a [`Cleaner`] has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cleaned {
    /// The digested paths that are gone, in order; their compressed siblings are not listed.
    pub removed: Vec<String>,
    /// How many earlier versions are left.
    pub kept: usize,
}

impl Cleaner {
    /// For the directory that has the manifest.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Cleaner {
            directory: directory.into(),
            age: Duration::from_secs(3600),
            keep: 2,
            all: false,
        }
    }

    /// Earlier versions that were digested longer ago are removed. An hour unless set.
    #[must_use]
    pub fn age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// Of each file, no more earlier versions than this are kept. Two unless set.
    #[must_use]
    pub fn keep(mut self, versions: usize) -> Self {
        self.keep = versions;
        self
    }

    /// Removes everything that was digested, the latest versions, the compressed siblings of the originals and the manifest
    /// included.
    #[must_use]
    pub fn all(mut self) -> Self {
        self.all = true;
        self
    }

    /// Removes, and writes the manifest anew. The latest version of a file stays. Without a manifest nothing is done.
    ///
    /// # Errors
    /// When the directory is not there, the manifest cannot be read or names files outside, or a file cannot be removed.
    pub fn run(&self) -> Result<Cleaned, DigestError> {
        let directory = &*self.directory;
        if !directory.is_dir() {
            return Err(DigestError::other(directory, "is no directory"));
        }
        let Some(mut manifest) = files::read_manifest(directory)? else {
            return Ok(Cleaned::default());
        };
        let stays_inside = |(path, entry): (&String, &Entry)| {
            files::stays_inside(path) && files::stays_inside(&entry.logical_path)
        };
        if !manifest.digests.iter().all(stays_inside) {
            let path = directory.join(Manifest::FILE);
            return Err(DigestError::other(
                path,
                "names a file outside of its directory",
            ));
        }
        if self.all {
            return remove_all(directory, manifest);
        }
        let removed = self.outdated(&manifest);
        manifest
            .digests
            .retain(|path, _| removed.binary_search(path).is_err());
        // First the manifest: what is gone is not to be named in it, even if we are stopped half way.
        files::write(
            &directory.join(Manifest::FILE),
            manifest.to_string().as_bytes(),
        )?;
        for path in &removed {
            remove_with_siblings(directory, path)?;
        }
        let kept = manifest.digests.len()
            - latest(&manifest)
                .intersection(&manifest.digests.keys().collect())
                .count();
        Ok(Cleaned { removed, kept })
    }

    /// The earlier versions that are too old, or too many, in order.
    fn outdated(&self, manifest: &Manifest) -> Vec<String> {
        let oldest = now().saturating_sub(self.age.as_secs());
        let latest = latest(manifest);
        let mut files: BTreeMap<&str, Vec<(&String, &Entry)>> = BTreeMap::new();
        for (path, entry) in &manifest.digests {
            if !latest.contains(path) {
                files
                    .entry(&entry.logical_path)
                    .or_default()
                    .push((path, entry));
            }
        }
        let mut outdated = Vec::new();
        for versions in files.values_mut() {
            versions.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.mtime));
            let old = versions
                .iter()
                .enumerate()
                .filter(|(place, (_, entry))| *place >= self.keep || entry.mtime < oldest);
            outdated.extend(old.map(|(_, (path, _))| (*path).clone()));
        }
        outdated.sort_unstable();
        outdated
    }
}

fn latest(manifest: &Manifest) -> BTreeSet<&String> {
    manifest.latest.values().collect()
}

fn remove_all(directory: &Path, manifest: Manifest) -> Result<Cleaned, DigestError> {
    files::remove(&directory.join(Manifest::FILE))?;
    for entry in manifest.digests.values() {
        remove_siblings(directory, &entry.logical_path)?;
    }
    let removed: Vec<String> = manifest.digests.into_keys().collect();
    for path in &removed {
        remove_with_siblings(directory, path)?;
    }
    Ok(Cleaned { removed, kept: 0 })
}

fn remove_with_siblings(directory: &Path, path: &str) -> Result<(), DigestError> {
    files::remove(&directory.join(path))?;
    remove_siblings(directory, path)
}

fn remove_siblings(directory: &Path, path: &str) -> Result<(), DigestError> {
    for extension in Encoding::EXTENSIONS {
        files::remove(&directory.join(format!("{path}{extension}")))?;
    }
    Ok(())
}
