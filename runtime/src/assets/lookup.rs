//! Looks up paths of static files in the manifest.

use std::{
    collections::{BTreeMap, HashMap},
    fmt, fs,
    path::Path,
    sync::Arc,
};

use super::{
    Manifest,
    known::{self, StaticFiles},
};
use crate::{
    config::{Config, Latest},
    escape::told,
};

/// The files of a manifest, by the paths that pages use.
#[derive(Debug, Default)]
pub(crate) struct Statics {
    files: HashMap<Box<str>, File>,
    /// The prefix of paths; empty for `/`.
    prefix: String,
    pub(crate) manifest: Arc<Manifest>,
    /// The served version of each file: that of the configuration, or else that of the manifest.
    pub(crate) latest: Arc<BTreeMap<String, String>>,
    has_manifest: bool,
}

#[derive(Debug)]
struct File {
    path: Box<str>,
    integrity: Option<Box<str>>,
}

/// A path that cannot be the path of a static file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StaticPathError {
    /// It does not begin with a single `/`: browsers would read it as a relative path, or as one of
    /// another server.
    NotAbsolute(String),
    /// It has a `\`, which browsers read as `/`.
    Unsafe(String),
}

impl fmt::Display for StaticPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StaticPathError::NotAbsolute(path) => {
                write!(
                    f,
                    "expected a path starting with a single / but got {path:?}"
                )
            }
            StaticPathError::Unsafe(path) => {
                write!(f, "unsafe characters detected for path {path:?}")
            }
        }
    }
}

impl std::error::Error for StaticPathError {}

impl Statics {
    /// Reads the manifest that an endpoint is configured with. If the file does not exist, but did
    /// when the application was compiled, its names of then are taken.
    pub(crate) fn of(config: &Config, compiled: StaticFiles) -> Result<Self, Unread> {
        let Some(path) = &config.cache_static_manifest else {
            return Ok(Statics::with(None, config));
        };
        match compiled.of_manifest(path) {
            Some(files) if !Path::new(path).exists() => {
                tracing::info!("no static manifest at {path:?}: the one of the build is used");
                Ok(Statics::with(None, config).knowing(files, config))
            }
            _ => Ok(Statics::with(Some(read(Path::new(path))?), config)),
        }
    }

    /// Like [`of`](Statics::of), but a manifest that cannot be read is only logged. Pages then use
    /// the plain paths of files.
    pub(crate) fn or_told(config: &Config, compiled: StaticFiles) -> Self {
        Statics::of(config, compiled).unwrap_or_else(|unread| {
            tracing::error!("{unread}");
            Statics::with(None, config)
        })
    }

    /// Whether a manifest was read from its file.
    pub(crate) fn has_manifest(&self) -> bool {
        self.has_manifest
    }

    fn with(manifest: Option<Manifest>, config: &Config) -> Self {
        let url = config.static_url.as_ref().unwrap_or(&config.url);
        let prefix = if url.path == "/" { "" } else { &url.path };
        let latest = config.cache_static_manifest_latest.as_ref();
        Statics::new(manifest, latest, config.cache_manifest_skip_vsn, prefix)
    }

    /// `latest` replaces that of the manifest. `skip_vsn` leaves `?vsn=d` out.
    fn new(
        manifest: Option<Manifest>,
        latest: Option<&Latest>,
        skip_vsn: bool,
        prefix: &str,
    ) -> Self {
        let has_manifest = manifest.is_some();
        let manifest = manifest.unwrap_or_default();
        let query = if skip_vsn { "" } else { "?vsn=d" };
        let files = manifest.latest.iter().map(|(logical, digested)| {
            let sha512 = manifest
                .digests
                .get(digested)
                .and_then(|entry| entry.sha512.as_ref());
            let integrity = sha512.map(|sha512| format!("sha512-{sha512}").into());
            let file = File {
                path: format!("/{digested}{query}").into(),
                integrity,
            };
            (format!("/{logical}").into(), file)
        });
        let files = files.collect();
        Statics {
            files,
            prefix: prefix.to_owned(),
            latest: Arc::new(latest.map_or(&manifest.latest, |latest| &latest.0).clone()),
            manifest: Arc::new(manifest),
            has_manifest,
        }
    }

    /// Adds the files that were known at compile time.
    fn knowing(mut self, files: &[known::File], config: &Config) -> Self {
        let mut latest = BTreeMap::new();
        for (path, digested, integrity) in files {
            let bare = digested.split('?').next().unwrap_or_default();
            let path_of_page = match config.cache_manifest_skip_vsn {
                true => bare.to_owned(),
                false => format!("{bare}?vsn=d"),
            };
            let file = File {
                path: path_of_page.into(),
                integrity: integrity.map(Into::into),
            };
            self.files.insert((*path).into(), file);
            let name = |path: &str| path.trim_start_matches('/').to_owned();
            latest.insert(name(path), name(bare));
        }
        if config.cache_static_manifest_latest.is_none() {
            self.latest = Arc::new(latest.clone());
        }
        self.manifest = Arc::new(Manifest {
            latest,
            ..Manifest::default()
        });
        self
    }

    /// The digested path of a file without the prefix, and its integrity. Returns the path itself
    /// if the manifest does not have it.
    pub(crate) fn lookup<'a>(
        &'a self,
        path: &'a str,
    ) -> Result<(&'a str, Option<&'a str>), StaticPathError> {
        if let Some(file) = self.files.get(path) {
            return Ok((&file.path, file.integrity.as_deref()));
        }
        match path.strip_prefix('/') {
            Some(rest) if !rest.starts_with('/') && rest.contains('\\') => {
                Err(StaticPathError::Unsafe(path.to_owned()))
            }
            Some(rest) if !rest.starts_with('/') => Ok((path, None)),
            _ => Err(StaticPathError::NotAbsolute(path.to_owned())),
        }
    }

    /// The path of a file for pages, with the prefix and the path's fragment.
    pub(crate) fn path(&self, path: &str) -> Result<String, StaticPathError> {
        let (file, fragment) = path.split_at(path.find('#').unwrap_or(path.len()));
        let (digested, _) = self.lookup(file)?;
        Ok([&self.prefix, digested, fragment].concat())
    }
}

/// The reason that a manifest cannot be read.
#[derive(Debug)]
pub(crate) struct Unread(String);

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not warm up static assets: {}", self.0)
    }
}

fn read(path: &Path) -> Result<Manifest, Unread> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Unread(format!(
            "could not find static manifest at \"{shown}\". Run `landfall digest` to generate it, or remove the \
             configuration \"cache_static_manifest\""
        )),
        _ => Unread(format!("\"{shown}\" cannot be read: {}", told(&error))),
    })?;
    Manifest::parse(&text).map_err(|error| Unread(format!("\"{shown}\": {}", told(&error))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statics(skip_vsn: bool) -> Statics {
        let manifest = r#"{"latest":{"a.css":"a-1.css","b.css":"b-2.css"},
            "digests":{"a-1.css":{"digest":"1","logical_path":"a.css","mtime":1,"sha512":"AA==","size":1}}}"#;
        Statics::new(
            Some(Manifest::parse(manifest).expect("a manifest")),
            None,
            skip_vsn,
            "/app",
        )
    }

    #[test]
    fn files_of_the_manifest_are_found() {
        let statics = statics(false);
        assert_eq!(
            statics.lookup("/a.css"),
            Ok(("/a-1.css?vsn=d", Some("sha512-AA==")))
        );
        assert_eq!(statics.lookup("/b.css"), Ok(("/b-2.css?vsn=d", None)));
        assert_eq!(statics.lookup("/a.css?x=1"), Ok(("/a.css?x=1", None)));
        assert_eq!(
            statics.path("/a.css#b#c").as_deref(),
            Ok("/app/a-1.css?vsn=d#b#c")
        );
        assert_eq!(
            super::tests::statics(true).path("/a.css").as_deref(),
            Ok("/app/a-1.css")
        );
    }

    #[test]
    fn a_manifest_that_is_not_deployed_is_as_it_was_compiled() {
        const FILES: &[known::File] = &[
            ("/a.css", "/a-1.css?vsn=d", Some("sha512-AA==")),
            ("/b.css", "/b-2.css?vsn=d", None),
        ];
        let compiled = StaticFiles::of("/app", FILES, "none.json");
        let mut config = Config::default();
        config.cache_static_manifest = Some("none.json".to_owned());
        let statics = Statics::of(&config, compiled).expect("what was compiled");
        assert_eq!(
            statics.lookup("/a.css"),
            Ok(("/a-1.css?vsn=d", Some("sha512-AA==")))
        );
        assert_eq!(statics.latest["b.css"], "b-2.css");
        assert!(!statics.has_manifest());
        config.cache_manifest_skip_vsn = true;
        let statics = Statics::of(&config, compiled).expect("what was compiled");
        assert_eq!(statics.lookup("/b.css"), Ok(("/b-2.css", None)));
        config.cache_static_manifest = Some("other.json".to_owned());
        Statics::of(&config, compiled).expect_err("the declaration names another");
        config.cache_static_manifest = None;
        let statics = Statics::of(&config, compiled).expect("no manifest");
        assert_eq!(statics.lookup("/a.css"), Ok(("/a.css", None)));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let statics = Statics::default();
        for path in [
            "",
            "a.css",
            "//evil.com/x",
            "//a\\b",
            "http://x/y",
            "\\a",
            "#x",
        ] {
            let error = statics.lookup(path).expect_err(path);
            assert_eq!(
                error.to_string(),
                format!("expected a path starting with a single / but got {path:?}")
            );
        }
        let error = statics.path("/a\\b").expect_err("a backslash");
        assert_eq!(
            error.to_string(),
            r#"unsafe characters detected for path "/a\\b""#
        );
    }
}
