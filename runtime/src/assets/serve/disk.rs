//! Files below a directory.

use std::{
    borrow::Cow,
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
};

/// A file that may be served.
#[derive(Debug)]
pub(super) struct Found {
    path: PathBuf,
    pub(super) metadata: Metadata,
}

/// Finds a file below a root; `None` if it does not exist. Each of `names` must be a plain name.
/// Blocks.
///
/// Links are followed if they stay below the root, or anywhere with `outside`.
pub(super) fn find(
    root: &Path,
    names: &[Cow<'_, str>],
    outside: bool,
) -> io::Result<Option<Found>> {
    let mut path = root.to_owned();
    let mut metadata = None;
    for name in names {
        path.push(&**name);
        let Some(entry) = existing(fs::symlink_metadata(&path))? else {
            return Ok(None);
        };
        if entry.is_symlink() {
            let rest = &names[path.components().count() - root.components().count()..];
            return follow(root, path, rest, outside);
        }
        metadata = Some(entry);
    }
    Ok(metadata
        .filter(Metadata::is_file)
        .map(|metadata| Found { path, metadata }))
}

/// The file that a link leads to.
fn follow(
    root: &Path,
    mut path: PathBuf,
    rest: &[Cow<'_, str>],
    outside: bool,
) -> io::Result<Option<Found>> {
    path.extend(rest.iter().map(|name| &**name));
    // A broken link, such as a loop, counts as a file that does not exist.
    let Ok(real) = path.canonicalize() else {
        return Ok(None);
    };
    if !outside && !real.starts_with(root.canonicalize()?) {
        tracing::debug!(path = %path.display(), "a link leads out of the directory of static files, and is not followed");
        return Ok(None);
    }
    let Some(metadata) = existing(fs::metadata(&real))? else {
        return Ok(None);
    };
    Ok(metadata.is_file().then_some(Found {
        path: real,
        metadata,
    }))
}

/// Turns errors that mean "there is no such file" into `None`.
fn existing<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound, PermissionDenied};
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) => match error.kind() {
            NotFound | NotADirectory | PermissionDenied | InvalidFilename | InvalidInput => {
                Ok(None)
            }
            _ => Err(error),
        },
    }
}

impl Found {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file, and updates the metadata to those of the opened file; `None` if it is gone.
    /// Returns whether its size or modification time is not that of the file that was found.
    pub(super) fn open(&mut self) -> io::Result<Option<(File, bool)>> {
        let Some(file) = existing(File::open(&self.path))? else {
            return Ok(None);
        };
        let before = std::mem::replace(&mut self.metadata, file.metadata()?);
        let state = |metadata: &Metadata| (metadata.len(), metadata.modified().ok());
        let changed = state(&before) != state(&self.metadata);
        Ok(self.metadata.is_file().then_some((file, changed)))
    }
}
