//! Writes digested copies of files, and the manifest that names them.

mod encoding;
mod parallel;
mod references;

use std::{
    ffi::OsStr,
    fmt,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use data_encoding::{BASE64, HEXLOWER};
use md5::Md5;
use sha2::{Digest as _, Sha512};

pub use self::encoding::Encoding;
use self::{
    parallel::in_parallel,
    references::{Latest, extension, rewritten},
};
use crate::{
    files::{self, DigestError},
    manifest::{Entry, Manifest, YEAR_0},
};

/// Extensions of files that compress well.
const COMPRESSED: &[&str] = &[
    ".js",
    ".mjs",
    ".map",
    ".css",
    ".txt",
    ".text",
    ".html",
    ".json",
    ".webmanifest",
    ".xml",
    ".svg",
    ".eot",
    ".ttf",
    ".otf",
    ".wasm",
];

/// Digests the files of a directory: see [`run`](Digester::run).
#[derive(Clone)]
pub struct Digester {
    input: PathBuf,
    output: Option<PathBuf>,
    vsn: bool,
    encodings: Vec<Encoding>,
    compressed: Vec<String>,
    threads: Option<NonZeroUsize>,
    progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

/// The progress of a [`Digester`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The number of files that are finished, with their copies and siblings.
    pub done: usize,
    /// The number of all files.
    pub total: usize,
}

/// The result of a [`Digester`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Digested {
    /// The manifest as it was written.
    pub manifest: Manifest,
    /// The number of files that were written: copies, compressed siblings and the manifest. Files
    /// that had the right content already do not count.
    pub written: usize,
    /// Files that were left alone because their names look digested, in order. If no manifest names
    /// such a file, something else gave it the name, and it gets no digest.
    pub skipped: Vec<String>,
}

/// A file to be digested.
struct Source {
    path: String,
    size: u64,
    md5: [u8; 16],
    /// The MD5 in the file's name. A source map has that of the file it belongs to.
    digest: String,
    digested: String,
}

impl Digester {
    /// Digests the files of a directory.
    pub fn new(input: impl Into<PathBuf>) -> Self {
        Digester {
            input: input.into(),
            output: None,
            vsn: true,
            encodings: Encoding::ALL.to_vec(),
            compressed: COMPRESSED
                .iter()
                .map(|extension| (*extension).to_owned())
                .collect(),
            threads: None,
            progress: None,
        }
    }

    /// Adds another directory to read.
    #[must_use]
    pub fn input(mut self, directory: impl Into<PathBuf>) -> Self {
        self.input = directory.into();
        self
    }

    /// The directory to write to, which gets copies of the files themselves too. Default: the
    /// directory that is read.
    #[must_use]
    pub fn output(mut self, directory: impl Into<PathBuf>) -> Self {
        self.output = Some(directory.into());
        self
    }

    /// Whether references in stylesheets get `?vsn=d`, which tells a server that the file never
    /// changes. Default `true`.
    #[must_use]
    pub fn vsn(mut self, vsn: bool) -> Self {
        self.vsn = vsn;
        self
    }

    /// Which compressed siblings to write. Default: all encodings that this build supports.
    ///
    /// A sibling that would not be smaller than its file is not written, and removed if it exists.
    #[must_use]
    pub fn encodings(mut self, encodings: impl IntoIterator<Item = Encoding>) -> Self {
        self.encodings = encodings.into_iter().collect();
        self
    }

    /// Which files get compressed siblings, by their extension, such as `".js"`. Default: text,
    /// uncompressed fonts and WebAssembly.
    #[must_use]
    pub fn compressed<T: Into<String>>(mut self, extensions: impl IntoIterator<Item = T>) -> Self {
        self.compressed = extensions.into_iter().map(Into::into).collect();
        self
    }

    /// The number of threads. Default: the number of processors. Each thread holds one file in
    /// memory at a time.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Sets a function that is called after each file, on the thread that wrote it.
    #[must_use]
    pub fn progress(mut self, function: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(function));
        self
    }

    /// Writes digested copies, compressed siblings and the manifest. The manifest is written last,
    /// so that all files that it names exist.
    ///
    /// # Errors
    /// When a directory or file cannot be read or written, changes meanwhile, or has a name that is
    /// not UTF-8, or when the output has a manifest that cannot be read. The manifest is unchanged
    /// then.
    pub fn run(&self) -> Result<Digested, DigestError> {
        if !self.input.is_dir() {
            return Err(DigestError::other(&self.input, "is not a directory"));
        }
        let output = self.output.as_deref().unwrap_or(&self.input);
        let earlier = files::read_manifest(output)?.unwrap_or_default();
        let (paths, skipped) = to_digest(files::below(&self.input)?);
        let threads = self
            .threads
            .or_else(|| std::thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get);

        let mut sources = in_parallel(threads, &paths, |path| self.read(path))?;
        adopt_source_maps(&mut sources);
        let latest: Latest = sources
            .iter()
            .map(|file| (file.path.clone(), file.digested.clone()))
            .collect();

        let now = now();
        let (total, done) = (sources.len(), AtomicUsize::new(0));
        let entries = in_parallel(threads, &sources, |file| {
            let written = self.write(file, output, &latest, now)?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(progress) = &self.progress {
                progress(Progress { done, total });
            }
            Ok(written)
        })?;

        let mut digests = earlier.digests;
        digests.retain(|path, _| files::stays_inside(path) && output.join(path).is_file());
        let mut written = 0;
        for (file, (mut entry, count)) in sources.iter().zip(entries) {
            written += count;
            if let Some(before) = digests.get(&file.digested) {
                let same = Entry {
                    mtime: before.mtime,
                    ..entry.clone()
                };
                entry = if *before == same { same } else { entry };
            }
            digests.insert(file.digested.clone(), entry);
        }
        let manifest = Manifest { latest, digests };
        written += usize::from(files::write(
            &output.join(Manifest::FILE),
            manifest.to_string().as_bytes(),
        )?);
        Ok(Digested {
            manifest,
            written,
            skipped,
        })
    }

    fn read(&self, path: &str) -> Result<Source, DigestError> {
        let content = files::read(&self.input.join(path))?;
        let md5: [u8; 16] = Md5::digest(&content).into();
        let digest = HEXLOWER.encode(&md5);
        let (root, extension) = path.split_at(path.len() - extension(path).len());
        let digested = format!("{root}-{digest}{extension}");
        Ok(Source {
            path: path.to_owned(),
            size: content.len() as u64,
            md5,
            digest,
            digested,
        })
    }

    /// Writes the copies and siblings of a file. Returns its entry, and how many files were
    /// written.
    fn write(
        &self,
        file: &Source,
        output: &Path,
        latest: &Latest,
        now: u64,
    ) -> Result<(Entry, usize), DigestError> {
        let source = self.input.join(&file.path);
        let content = files::read(&source)?;
        if <[u8; 16]>::from(Md5::digest(&content)) != file.md5 {
            return Err(DigestError::other(
                source,
                "has changed while it was digested",
            ));
        }
        let rewritten = rewritten(&file.path, &content, latest, self.vsn);
        let digested = rewritten.as_deref().unwrap_or(&content);
        let sha512 = BASE64.encode(&Sha512::digest(digested));
        let written = self.write_with_siblings(&output.join(&file.digested), digested)?
            + self.write_with_siblings(&output.join(&file.path), &content)?;
        let entry = Entry::new(
            file.path.clone(),
            now,
            file.size,
            file.digest.clone(),
            sha512,
        );
        Ok((entry, written))
    }

    fn write_with_siblings(&self, to: &Path, content: &[u8]) -> Result<usize, DigestError> {
        let mut written = usize::from(files::write(to, content)?);
        let extension = to.extension().and_then(OsStr::to_str);
        if !self
            .compressed
            .iter()
            .any(|compressed| compressed.strip_prefix('.') == extension)
        {
            return Ok(written);
        }
        for encoding in &self.encodings {
            let mut sibling = to.as_os_str().to_owned();
            sibling.push(encoding.extension());
            let sibling = PathBuf::from(sibling);
            match encoding.encode(content) {
                Ok(encoded) if encoded.len() < content.len() => {
                    written += usize::from(files::write(&sibling, &encoded)?);
                }
                Ok(_) => {
                    files::remove(&sibling)?;
                }
                Err(_) => return Err(DigestError::other(to, "cannot be compressed")),
            }
        }
        Ok(written)
    }
}

impl fmt::Debug for Digester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Digester")
            .field("input", &self.input)
            .field("output", &self.output)
            .field("vsn", &self.vsn)
            .field("encodings", &self.encodings)
            .finish_non_exhaustive()
    }
}

/// The files to digest, and those whose names look digested.
fn to_digest(paths: Vec<String>) -> (Vec<String>, Vec<String>) {
    let is_left_out = |path: &String| {
        path.rsplit('/').next() == Some(Manifest::FILE)
            || Encoding::EXTENSIONS.contains(&extension(path))
    };
    paths
        .into_iter()
        .filter(|path| !is_left_out(path))
        .partition(|path| !looks_digested(path))
}

/// Whether the name contains a `-` that 32 hexadecimal digits follow.
fn looks_digested(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).as_bytes();
    name.windows(33)
        .any(|part| part[0] == b'-' && part[1..].iter().all(u8::is_ascii_hexdigit))
}

/// A source map is named after the digest of its file.
fn adopt_source_maps(sources: &mut [Source]) {
    let owner = |map: &Source, sources: &[Source]| {
        let file = map.path.strip_suffix(".map")?;
        let place = sources
            .binary_search_by(|source| source.path.as_str().cmp(file))
            .ok()?;
        Some((
            sources[place].digest.clone(),
            format!("{}.map", sources[place].digested),
        ))
    };
    for place in 0..sources.len() {
        if let Some((digest, digested)) = owner(&sources[place], sources) {
            (sources[place].digest, sources[place].digested) = (digest, digested);
        }
    }
}

/// Seconds since the year 0. `SOURCE_DATE_EPOCH` sets the time, for reproducible builds.
pub(crate) fn now() -> u64 {
    let told = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    let since_1970 = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    };
    YEAR_0.saturating_add(told.unwrap_or_else(since_1970))
}
