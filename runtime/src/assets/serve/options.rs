//! The files that are served, and their headers.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};

use super::source::Source;
use crate::assets::Embedded;

/// The plug for static files: `plug(Static::new("static").only(["assets", "favicon.ico"]));`.
///
/// It answers `GET` and `HEAD` requests for files. All other requests are passed on to the plugs
/// after it: other methods, other paths, directories, and files that do not exist.
///
/// - Only files below the directory are served. A path that would lead out of it is answered with
///   400, also in encoded forms. A link that leads out of it is not followed, except with
///   [`follow_links_outside`](Static::follow_links_outside).
/// - The response to a request whose query begins with `vsn=`, as in paths of
///   [`static_path`](crate::Handle::static_path), may be cached for ever. Any other response has an
///   `etag`, with which the client revalidates.
/// - A file is read in chunks of 64 KiB. The next chunk is read when the client has taken the last
///   one, so a slow client holds one chunk in memory.
///
/// ```
/// use landfall::{assets::Static, prelude::*};
///
/// endpoint! {
///     struct Web;
///     plug(Static::new("static").only(["assets", "favicon.ico", "robots.txt"]).gzip().brotli());
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Static(pub(super) Options);

#[derive(Clone)]
pub(super) struct Options {
    pub(super) at: Vec<String>,
    pub(super) source: Source,
    pub(super) only: Vec<String>,
    pub(super) only_matching: Vec<String>,
    pub(super) tell_missing_only: bool,
    pub(super) encodings: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub(super) brotli: bool,
    pub(super) gzip: bool,
    pub(super) for_etags: Option<HeaderValue>,
    pub(super) for_vsn: Option<HeaderValue>,
    pub(super) never_cached: bool,
    pub(super) etag: Option<Arc<EtagFunction>>,
    pub(super) headers: HeaderMap,
    pub(super) headers_by: Option<Arc<HeadersFunction>>,
    pub(super) typed: bool,
    pub(super) content_types: HashMap<String, HeaderValue>,
}

type EtagFunction = dyn Fn(&Path) -> String + Send + Sync;
type HeadersFunction = dyn Fn(&Parts) -> HeaderMap + Send + Sync;

impl Static {
    /// Serves the files of a directory. A relative path starts at the working directory of the
    /// process. A directory of your package is `concat!(env!("CARGO_MANIFEST_DIR"), "/static")`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        Static::of(Source::Disk {
            root: std::path::absolute(&directory).unwrap_or(directory),
            outside: false,
        })
    }

    /// Serves files that are part of the binary, so that nothing else has to be deployed:
    /// `Static::embedded(embed_static!("static"))`.
    ///
    /// They are served as files on disk are, with their compressed siblings. Their `etag`s are
    /// hashes of the content, made at compile time. A function of [`etag`](Static::etag) gets the
    /// path below the directory.
    ///
    /// ```
    /// use landfall::{assets::{Embedded, Static}, embed_static, prelude::*};
    ///
    /// const FILES: Embedded = embed_static!("src/docs");
    ///
    /// endpoint! {
    ///     struct Web;
    ///     plug(Static::embedded(FILES).at("/docs").gzip().brotli());
    /// }
    /// # #[cfg(feature = "testing")]
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let page = landfall::testing::start::<Web>().await.get("/docs/assets.md").await;
    /// assert_eq!(page.text().as_bytes(), FILES.get("assets.md").unwrap());
    /// # }
    /// # #[cfg(not(feature = "testing"))] fn main() {}
    /// ```
    pub fn embedded(files: Embedded) -> Self {
        Static::of(Source::Binary(files))
    }

    fn of(source: Source) -> Self {
        Static(Options {
            at: Vec::new(),
            source,
            only: Vec::new(),
            only_matching: Vec::new(),
            tell_missing_only: false,
            encodings: Vec::new(),
            brotli: false,
            gzip: false,
            for_etags: Some(HeaderValue::from_static("public")),
            for_vsn: Some(HeaderValue::from_static(
                "public, max-age=31536000, immutable",
            )),
            never_cached: false,
            etag: None,
            headers: HeaderMap::new(),
            headers_by: None,
            typed: true,
            content_types: HashMap::new(),
        })
    }

    /// The path of the directory in URLs. Default `/`. A request for this path itself is passed on.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.0.at = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect();
        self
    }

    /// Serves only these files, and files in these directories: the first segment of a path has to
    /// be one of them. Without such a list, every request that is not for a socket asks the disk.
    #[must_use]
    pub fn only<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.0.only.extend(names.into_iter().map(Into::into));
        self
    }

    /// Like [`only`](Static::only), for prefixes of segments: `favicon` matches
    /// `favicon-6a1b….ico`.
    #[must_use]
    pub fn only_matching<T: Into<String>>(mut self, prefixes: impl IntoIterator<Item = T>) -> Self {
        self.0
            .only_matching
            .extend(prefixes.into_iter().map(Into::into));
        self
    }

    /// Answers 400, and logs why, if a file exists but [`only`](Static::only) does not name it. For
    /// development: a file was added, and the list was forgotten.
    #[must_use]
    pub fn tell_missing_only(mut self, tell: bool) -> Self {
        self.0.tell_missing_only = tell;
        self
    }

    /// Sends the sibling `.gz` of a file to clients that accept it.
    #[must_use]
    pub fn gzip(mut self) -> Self {
        self.0.gzip = true;
        self
    }

    /// Sends the sibling `.br` of a file to clients that accept it.
    #[must_use]
    pub fn brotli(mut self) -> Self {
        self.0.brotli = true;
        self
    }

    /// Sends the sibling `.zst` of a file to clients that accept it.
    #[must_use]
    pub fn zstd(self) -> Self {
        self.encoding("zstd", ".zst")
    }

    /// Sends the sibling with this extension to clients that accept the encoding. The client's
    /// weights decide. With equal weights, these encodings come first, in the order in which they
    /// are given, then brotli, then gzip.
    #[must_use]
    pub fn encoding(
        mut self,
        name: impl Into<Cow<'static, str>>,
        extension: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.0.encodings.push((name.into(), extension.into()));
        self
    }

    /// The `cache-control` of responses with an `etag`. Default `public`. `None` sends neither
    /// header.
    ///
    /// # Panics
    /// When it is not a valid value of a header.
    #[must_use]
    #[track_caller]
    pub fn cache_control_for_etags(mut self, value: impl Into<Option<&'static str>>) -> Self {
        self.0.for_etags = value.into().map(header_value);
        self
    }

    /// The `cache-control` of responses to a query that begins with `vsn=`. Default `public,
    /// max-age=31536000, immutable`. `None` treats such requests like all others.
    ///
    /// # Panics
    /// When it is not a valid value of a header.
    #[must_use]
    #[track_caller]
    pub fn cache_control_for_vsn_requests(
        mut self,
        value: impl Into<Option<&'static str>>,
    ) -> Self {
        self.0.for_vsn = value.into().map(header_value);
        self
    }

    /// Sends `cache-control: no-store` and no `etag`, for any query. For development, where files
    /// change but keep their names: `.never_cached(cfg!(debug_assertions))`.
    #[must_use]
    pub fn never_cached(mut self, never: bool) -> Self {
        self.0.never_cached = never;
        self
    }

    /// Makes the text of `etag`s, without quotes. The function is called for each request, with the
    /// path of the file that is sent, and may block. Default: a text of the file's size and
    /// modification time.
    #[must_use]
    pub fn etag(mut self, function: impl Fn(&Path) -> String + Send + Sync + 'static) -> Self {
        self.0.etag = Some(Arc::new(function));
        self
    }

    /// Adds a header to responses with a file. It replaces one of the same name.
    ///
    /// # Panics
    /// When it is not a valid header.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        let name = HeaderName::try_from(name)
            .unwrap_or_else(|_| panic!("`{name}` is not a name of a header"));
        self.0.headers.append(name, header_value(value));
        self
    }

    /// Adds headers to responses with a file, depending on the request. They replace those of the
    /// same name.
    #[must_use]
    pub fn headers_by(
        mut self,
        function: impl Fn(&Parts) -> HeaderMap + Send + Sync + 'static,
    ) -> Self {
        self.0.headers_by = Some(Arc::new(function));
        self
    }

    /// The content type of files of this name, instead of that of their extension:
    /// `("manifest.webmanifest", "text/plain")`.
    ///
    /// # Panics
    /// When it is not a valid value of a header.
    #[must_use]
    #[track_caller]
    pub fn content_type(
        mut self,
        file_name: impl Into<String>,
        content_type: &'static str,
    ) -> Self {
        self.0
            .content_types
            .insert(file_name.into(), header_value(content_type));
        self
    }

    /// Sends no content types.
    #[must_use]
    pub fn without_content_types(mut self) -> Self {
        self.0.typed = false;
        self
    }

    /// Also follows links that lead out of the directory. Anyone who may write into the directory
    /// can then choose which files are served. Embedded files are not concerned.
    #[must_use]
    pub fn follow_links_outside(mut self) -> Self {
        if let Source::Disk { outside, .. } = &mut self.0.source {
            *outside = true;
        }
        self
    }
}

impl Options {
    /// The encodings of compressed siblings and their extensions, in the order of preference.
    pub(super) fn encodings(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self
            .encodings
            .iter()
            .map(|(name, extension)| (&**name, &**extension));
        let brotli = self.brotli.then_some(("br", ".br"));
        let gzip = self.gzip.then_some(("gzip", ".gz"));
        own.chain(brotli).chain(gzip)
    }

    pub(super) fn allows(&self, first: &str) -> bool {
        (self.only.is_empty() && self.only_matching.is_empty())
            || self.only.iter().any(|name| name == first)
            || self
                .only_matching
                .iter()
                .any(|prefix| first.starts_with(&**prefix))
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("at", &self.at)
            .field("source", &self.source)
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}

#[track_caller]
fn header_value(value: &'static str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or_else(|_| panic!("`{value}` is not a value of a header"))
}
