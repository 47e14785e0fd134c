//! Where files are: on disk, or in the binary.

use std::{
    borrow::Cow,
    fs::File,
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use bytes::Bytes;

use super::{disk, stream};
use crate::{
    assets::embedded::{Embedded, Piece},
    body::Body,
};

/// Where files are.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Disk {
        root: PathBuf,
        /// Links that lead out of the directory are followed.
        outside: bool,
    },
    Binary(Embedded),
}

/// A file that may be served.
#[derive(Debug)]
pub(super) enum Found {
    OnDisk(disk::Found),
    Embedded(Piece),
}

/// The content of a file.
#[derive(Debug)]
pub(super) enum Content {
    File(File),
    Bytes(&'static [u8]),
}

/// A file that is open.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) content: Content,
    /// The file is not in the state in which it was found.
    pub(super) changed: bool,
}

impl Source {
    /// Finds a file; `None` if it does not exist. Each of `names` must be a plain name. Blocks if
    /// files are on disk.
    pub(super) fn find(&self, names: &[Cow<'_, str>]) -> io::Result<Option<Found>> {
        match self {
            Source::Disk { root, outside } => {
                Ok(disk::find(root, names, *outside)?.map(Found::OnDisk))
            }
            Source::Binary(files) => Ok(files.find(&names.join("/")).map(Found::Embedded)),
        }
    }

    pub(super) fn blocks(&self) -> bool {
        matches!(self, Source::Disk { .. })
    }
}

impl Found {
    pub(super) fn path(&self) -> &Path {
        match self {
            Found::OnDisk(found) => found.path(),
            Found::Embedded(piece) => Path::new(piece.path),
        }
    }

    pub(super) fn size(&self) -> u64 {
        match self {
            Found::OnDisk(found) => found.metadata.len(),
            Found::Embedded(piece) => piece.content.len() as u64,
        }
    }

    /// The text of its `etag`: of its size and modification time, or of its content.
    pub(super) fn tag(&self) -> Cow<'static, str> {
        match self {
            Found::OnDisk(found) => {
                let changed = found.metadata.modified().ok();
                let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                let nanos = changed.unwrap_or_default().as_nanos();
                format!("{:X}-{nanos:X}", self.size()).into()
            }
            Found::Embedded(piece) => piece.tag.into(),
        }
    }

    /// Opens the file, and updates its size and its time; `None` if it is gone.
    pub(super) fn open(&mut self) -> io::Result<Option<Opened>> {
        match self {
            Found::OnDisk(found) => Ok(found.open()?.map(|(file, changed)| Opened {
                content: Content::File(file),
                changed,
            })),
            Found::Embedded(piece) => Ok(Some(Opened {
                content: Content::Bytes(piece.content),
                changed: false,
            })),
        }
    }
}

impl Content {
    /// The bytes from `start` on.
    pub(super) fn body(self, start: u64, length: u64) -> io::Result<Body> {
        match self {
            Content::File(file) => stream::body(file, start, length),
            Content::Bytes(bytes) => {
                let place = |at: u64| usize::try_from(at).map_err(io::Error::other);
                let part = bytes.get(place(start)?..place(start + length)?);
                Ok(Body::from(Bytes::from_static(part.unwrap_or_default())))
            }
        }
    }
}
