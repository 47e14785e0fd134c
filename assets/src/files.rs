//! Finds, reads and writes files below a directory. A file is written completely or not at all.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::manifest::{InvalidManifest, Manifest};

/// Why files could not be digested or cleaned.
#[derive(Debug)]
pub struct DigestError {
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Io(&'static str, io::Error),
    Manifest(InvalidManifest),
    Other(&'static str),
}

impl DigestError {
    pub(crate) fn other(path: impl Into<PathBuf>, what: &'static str) -> Self {
        DigestError {
            path: path.into(),
            kind: Kind::Other(what),
        }
    }

    fn io(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| DigestError {
            path,
            kind: Kind::Io(what, error),
        }
    }

    /// The file or directory that could not be handled.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for DigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            Kind::Io(what, error) => write!(f, "`{path}` cannot be {what}: {error}"),
            Kind::Manifest(error) => write!(f, "`{path}` is not a cache manifest: {error}"),
            Kind::Other(what) => write!(f, "`{path}` {what}"),
        }
    }
}

impl std::error::Error for DigestError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Io(_, error) => Some(error),
            Kind::Manifest(error) => Some(error),
            Kind::Other(_) => None,
        }
    }
}

/// The files below a directory as paths with `/`, in order. Names that begin with a dot are left
/// out, and so is what lies behind a link to a directory.
pub(crate) fn below(root: &Path) -> Result<Vec<String>, DigestError> {
    let mut found = Vec::new();
    let mut directories = vec![String::new()];
    while let Some(directory) = directories.pop() {
        let at = root.join(&directory);
        let entries = fs::read_dir(&at).map_err(DigestError::io(&at, "read"))?;
        for entry in entries {
            let entry = entry.map_err(DigestError::io(&at, "read"))?;
            let Ok(name) = entry.file_name().into_string() else {
                return Err(DigestError::other(
                    entry.path(),
                    "has a name that is not UTF-8",
                ));
            };
            if name.starts_with('.') {
                continue;
            }
            let path = if directory.is_empty() {
                name
            } else {
                format!("{directory}/{name}")
            };
            let kind = entry
                .file_type()
                .map_err(DigestError::io(&entry.path(), "read"))?;
            if kind.is_dir() {
                directories.push(path);
            } else if fs::metadata(entry.path()).is_ok_and(|target| target.is_file()) {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Whether a path of a manifest stays below the manifest's directory.
pub(crate) fn stays_inside(path: &str) -> bool {
    path.split('/')
        .all(|segment| !matches!(segment, "" | "." | "..") && !segment.contains(['\\', ':', '\0']))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, DigestError> {
    fs::read(path).map_err(DigestError::io(path, "read"))
}

/// The manifest of a directory; `None` if there is no such file.
pub(crate) fn read_manifest(directory: &Path) -> Result<Option<Manifest>, DigestError> {
    let path = directory.join(Manifest::FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DigestError::io(&path, "read")(error)),
    };
    match Manifest::parse(&text) {
        Ok(manifest) => Ok(Some(manifest)),
        Err(error) => Err(DigestError {
            path,
            kind: Kind::Manifest(error),
        }),
    }
}

/// Writes a file, unless it has that content already. Returns whether it was written. Readers see
/// the old content or the new one, never a part.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<bool, DigestError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let same = fs::metadata(path).is_ok_and(|file| file.len() == content.len() as u64)
        && fs::read(path).is_ok_and(|there| there == content);
    if same {
        return Ok(false);
    }
    let failed = || DigestError::io(path, "written");
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory).map_err(failed())?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let part = directory.join(format!(".landfall-{}-{number}.part", std::process::id()));
    let written = fs::write(&part, content).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written.map(|()| true).map_err(failed())
}

/// Removes a file. Returns whether it existed.
pub(crate) fn remove(path: &Path) -> Result<bool, DigestError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(DigestError::io(path, "removed")(error)),
    }
}
