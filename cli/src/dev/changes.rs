//! Whether files have changed.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// The maximum number of files and directories that are looked at.
const MOST: usize = 50_000;

/// The files below a directory, as they were when they were last looked at.
pub(super) struct Changes {
    root: PathBuf,
    /// When the last build began, or later.
    built: u64,
    last: u64,
}

impl Changes {
    pub(super) fn new(root: PathBuf) -> Self {
        let now = fingerprint(&root);
        Changes {
            root,
            built: now,
            last: now,
        }
    }

    /// Whether there are changes since it last said so, and no others since the last look: an
    /// editor that writes many files has come to its end.
    pub(super) fn settled(&mut self) -> bool {
        let now = fingerprint(&self.root);
        let is_settled = now == self.last && now != self.built;
        self.last = now;
        if is_settled {
            self.built = now;
        }
        is_settled
    }
}

/// Names, sizes and times of all files. What builds write, and what tools keep, is left out.
fn fingerprint(root: &Path) -> u64 {
    let (mut hasher, mut ahead, mut count) = (DefaultHasher::new(), vec![root.to_owned()], 0);
    while let Some(directory) = ahead.pop() {
        let mut entries: Vec<_> = fs::read_dir(&directory)
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let text = name.to_string_lossy();
            let Ok(found) = entry.metadata() else {
                continue;
            };
            count += 1;
            if count > MOST || text.starts_with('.') {
                continue;
            }
            if !found.is_dir() {
                (entry.path(), found.len(), found.modified().ok()).hash(&mut hasher);
            } else if text != "target" && text != "node_modules" {
                ahead.push(entry.path());
            }
        }
    }
    hasher.finish()
}
