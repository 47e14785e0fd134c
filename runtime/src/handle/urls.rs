//! The URLs of an endpoint, and those of its static files.

use std::{collections::BTreeMap, sync::Arc};

use super::Handle;
use crate::{
    assets::{Manifest, StaticPathError},
    config::Scheme,
    url::StructUrl,
};

impl Handle {
    /// The base URL, such as `"https://example.com"`: the scheme, the host, and the port if it is
    /// not the scheme's default.
    pub fn url(&self) -> String {
        self.current().urls.url.to_string()
    }

    /// Whether [`url`](Handle::url) begins with `https:`.
    pub(crate) fn is_secure(&self) -> bool {
        self.current().urls.url.scheme == Scheme::Https
    }

    /// Like [`url`](Handle::url), but for static files.
    pub fn static_url(&self) -> String {
        self.current().urls.static_url.to_string()
    }

    /// The parts of [`url`](Handle::url).
    pub fn struct_url(&self) -> StructUrl {
        self.current().urls.url.clone()
    }

    /// The host of [`url`](Handle::url).
    pub fn host(&self) -> String {
        self.current().urls.url.host.clone()
    }

    /// A path of the application for browsers: the `path` of the configured `url` is put in front
    /// of it.
    pub fn path(&self, path: &str) -> String {
        self.current().urls.path(path)
    }

    /// The segments of the `path` of the configured `url`.
    pub fn script_name(&self) -> Vec<String> {
        self.current().urls.script_name()
    }

    /// The path of a static file for pages: its digested name if the manifest has it, and otherwise
    /// the path itself. The `path` of the configured `static_url`, or of `url` if there is none, is
    /// put in front of it. A fragment after `#` stays as it is.
    ///
    /// # Errors
    /// When the path does not begin with a single `/`, or has a `\`.
    pub fn static_path(&self, path: &str) -> Result<String, StaticPathError> {
        self.current().statics.path(path)
    }

    /// The value of the attribute `integrity` for a static file, such as `"sha512-…"`; `None` if
    /// the manifest does not have it.
    ///
    /// # Errors
    /// As [`static_path`](Handle::static_path).
    pub fn static_integrity(&self, path: &str) -> Result<Option<String>, StaticPathError> {
        Ok(self.current().statics.lookup(path)?.1.map(str::to_owned))
    }

    /// The path of a static file without the prefix that [`static_path`](Handle::static_path) adds,
    /// and its integrity.
    ///
    /// # Errors
    /// As [`static_path`](Handle::static_path).
    pub fn static_lookup(&self, path: &str) -> Result<(String, Option<String>), StaticPathError> {
        let current = self.current();
        let (path, integrity) = current.statics.lookup(path)?;
        Ok((path.to_owned(), integrity.map(str::to_owned)))
    }

    /// The manifest of static files; an empty one if there is none. Its `latest` has the served
    /// version of each file. Pages that were loaded with another version are of an earlier release.
    pub fn static_manifest(&self) -> Arc<Manifest> {
        self.current().statics.manifest.clone()
    }

    /// The served version of each static file, by its plain name: that of
    /// `cache_static_manifest_latest`, or else that of the manifest.
    pub fn static_latest(&self) -> Arc<BTreeMap<String, String>> {
        self.current().statics.latest.clone()
    }
}
