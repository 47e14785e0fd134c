//! The static files that are known at compile time.

/// A file's path, its digested path, and its integrity.
pub(crate) type File = (&'static str, &'static str, Option<&'static str>);

/// The static files of an endpoint's declaration and its manifest, at compile time.
#[derive(Clone, Copy, Debug)]
pub struct StaticFiles {
    /// `None` if it is known only at start.
    pub(crate) known: Option<Known>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) prefix: &'static str,
    /// Sorted by path; `None` without a manifest.
    pub(crate) files: Option<&'static [File]>,
    /// The path of the manifest as it is declared.
    pub(crate) manifest: &'static str,
}

impl StaticFiles {
    /// Everything is known only at start.
    pub const UNKNOWN: StaticFiles = StaticFiles { known: None };

    /// Without a manifest.
    pub const fn plain(prefix: &'static str) -> Self {
        StaticFiles {
            known: Some(Known {
                prefix,
                files: None,
                manifest: "",
            }),
        }
    }

    /// With the files of a manifest, sorted by path.
    pub const fn of(prefix: &'static str, files: &'static [File], manifest: &'static str) -> Self {
        StaticFiles {
            known: Some(Known {
                prefix,
                files: Some(files),
                manifest,
            }),
        }
    }

    /// The files of the manifest at this path, if the declaration names it.
    pub(crate) fn of_manifest(self, path: &str) -> Option<&'static [File]> {
        let known = self.known.filter(|known| known.manifest == path)?;
        known.files
    }
}
