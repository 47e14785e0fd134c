//! Files that are part of the binary.

use std::fmt;

/// The files of a directory, as they were when the application was compiled:
/// [`embed_static!`](crate::embed_static) makes it, and
/// [`Static::embedded`](super::Static::embedded) serves it.
#[derive(Clone, Copy)]
pub struct Embedded {
    /// Sorted by path.
    files: &'static [EmbeddedFile],
}

/// A path with `/`, the content, and the text of the `etag`.
type EmbeddedFile = (&'static str, &'static [u8], &'static str);

/// A file that may be served.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) path: &'static str,
    pub(crate) content: &'static [u8],
    pub(crate) tag: &'static str,
}

impl Embedded {
    /// The files, which must be sorted by path.
    #[doc(hidden)]
    pub const fn of(files: &'static [EmbeddedFile]) -> Self {
        Embedded { files }
    }

    /// The content of a file. The path has no `/` in front.
    pub fn get(&self, path: &str) -> Option<&'static [u8]> {
        self.find(path).map(|piece| piece.content)
    }

    /// The paths of all files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.files.iter().map(|(path, ..)| *path)
    }

    pub(crate) fn find(&self, path: &str) -> Option<Piece> {
        let place = self
            .files
            .binary_search_by(|(other, ..)| (*other).cmp(path));
        let (path, content, tag) = *self.files.get(place.ok()?)?;
        Some(Piece { path, content, tag })
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.paths()).finish()
    }
}
