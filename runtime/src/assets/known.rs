//! What is known of static files while the application compiles.

/// A file's path, its digested path, and its integrity.
pub(crate) type File = (&'static str, &'static str, Option<&'static str>);

/// What an endpoint's declaration and its manifest say about static files.
#[derive(Clone, Copy, Debug)]
pub struct StaticFiles {
    /// `None` if it is said at start.
    pub(crate) known: Option<Known>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) prefix: &'static str,
    /// In the order of their paths; `None` without a manifest.
    pub(crate) files: Option<&'static [File]>,
}

impl StaticFiles {
    /// It is said at start.
    pub const UNKNOWN: StaticFiles = StaticFiles { known: None };

    /// Without a manifest.
    pub const fn plain(prefix: &'static str) -> Self {
        StaticFiles {
            known: Some(Known {
                prefix,
                files: None,
            }),
        }
    }

    /// The files of a manifest, in the order of their paths.
    pub const fn of(prefix: &'static str, files: &'static [File]) -> Self {
        StaticFiles {
            known: Some(Known {
                prefix,
                files: Some(files),
            }),
        }
    }
}
