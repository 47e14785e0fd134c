//! The directories that are watched.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The maximum number of directories. The system has a limit of its own.
pub(super) const MOST: usize = 8192;

/// Whether what is in a directory never changes a page: what builds write, and what tools keep.
fn is_left_out(directory: &Path) -> bool {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || ["target", "node_modules", "_build"].contains(&name.as_ref())
}

/// A directory with all below it, and the files in them. Links are not followed.
pub(super) fn below(root: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut directories, mut files) = (vec![root.to_owned()], Vec::new());
    let mut next = 0;
    while let Some(directory) = directories.get(next).cloned() {
        next += 1;
        for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if !is_directory {
                files.push(path);
            } else if !is_left_out(&path) && directories.len() < MOST {
                directories.push(path);
            }
        }
    }
    (directories, files)
}

/// A directory that came into being, unless it is left out.
pub(super) fn is_new(path: &Path) -> bool {
    path.is_dir() && !is_left_out(path)
}
