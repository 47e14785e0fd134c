//! Removes earlier versions of digested files.

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

/// The result of a [`Cleaner`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cleaned {
    /// The digested paths that were removed, in order. Their compressed siblings are not listed.
    pub removed: Vec<String>,
    /// The number of earlier versions that are left.
    pub kept: usize,
}

impl Cleaner {
    /// Cleans the directory that has the manifest.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Cleaner {
            directory: directory.into(),
            age: Duration::from_secs(3600),
            keep: 2,
            all: false,
        }
    }

    /// Removes earlier versions that were digested longer ago than this. Default: an hour.
    #[must_use]
    pub fn age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// Keeps at most this many earlier versions of each file. Default: two.
    #[must_use]
    pub fn keep(mut self, versions: usize) -> Self {
        self.keep = versions;
        self
    }

    /// Removes everything that the digester wrote, including the latest versions, the compressed
    /// siblings of the originals and the manifest.
    #[must_use]
    pub fn all(mut self) -> Self {
        self.all = true;
        self
    }

    /// Removes files, and rewrites the manifest. The latest version of each file stays. Without a
    /// manifest, it does nothing.
    ///
    /// # Errors
    /// When the directory does not exist, the manifest cannot be read or names files outside, or a
    /// file cannot be removed.
    pub fn run(&self) -> Result<Cleaned, DigestError> {
        let directory = &*self.directory;
        if !directory.is_dir() {
            return Err(DigestError::other(directory, "is not a directory"));
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
        // The manifest comes first: it must not name files that are gone, even if this is
        // interrupted.
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

    /// The earlier versions that are too old or too many, in order.
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
