//! `embed_static!`: the files of a directory, as a constant.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::Hasher,
    io,
    path::{Path, PathBuf},
};

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::diag::Diagnostics;

/// A directory that begins with it is what a build script writes.
const OUT_DIR: &str = "$OUT_DIR";

/// A file: its path below the directory, with `/`, and where it is.
struct Found {
    path: String,
    at: PathBuf,
    tag: String,
}

/// The expansion: `&[("css/app.css", include_bytes!(..), "tag"), ..]`, sorted by path.
pub(crate) fn run(input: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let found = match syn::parse2::<LitStr>(input) {
        Ok(literal) => embedded(&literal, &mut diag),
        Err(error) => {
            diag.push_at(
                error.span(),
                "`embed_static!` takes the path of a directory",
            )
            .help("write `embed_static!(\"static\")`");
            Vec::new()
        }
    };
    let errors = diag.finish();
    let files = found.iter().map(|Found { path, at, tag }| {
        let at = at.to_string_lossy();
        quote!((#path, ::core::include_bytes!(#at) as &[::core::primitive::u8], #tag))
    });
    quote!({ #errors &[#(#files),*] })
}

fn embedded(literal: &LitStr, diag: &mut Diagnostics) -> Vec<Found> {
    let said = literal.value();
    let root = match said.strip_prefix(OUT_DIR) {
        Some(rest) => (std::env::var_os("OUT_DIR"), rest.trim_start_matches('/')),
        None => (std::env::var_os("CARGO_MANIFEST_DIR"), &*said),
    };
    let (Some(base), rest) = root else {
        diag.push(literal, "there is no `$OUT_DIR`")
            .help("add a build script: only packages with a `build.rs` have the directory");
        return Vec::new();
    };
    let root = Path::new(&base).join(rest);
    match files(&root) {
        Ok(found) => found,
        Err(error) => {
            let finding = match error.kind() {
                io::ErrorKind::NotFound => diag.push(literal, format!("there is no `{said}`")),
                _ => diag.push(literal, format!("`{said}` cannot be read: {error}")),
            };
            match said.starts_with('/') || said.starts_with('$') {
                true => finding.help("name a directory that exists when this is compiled"),
                false => {
                    finding.help("the path is relative to the package, where its `Cargo.toml` is")
                }
            };
            Vec::new()
        }
    }
}

/// The files below a directory. A link counts if it leads to a file below the directory.
fn files(root: &Path) -> io::Result<Vec<Found>> {
    let root = root.canonicalize()?;
    let (mut found, mut directories) = (Vec::new(), vec![(root.clone(), String::new())]);
    while let Some((directory, below)) = directories.pop() {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let (at, kind) = (entry.path(), entry.file_type()?);
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = format!("{below}{name}");
            if kind.is_dir() {
                directories.push((at, format!("{path}/")));
                continue;
            }
            // A broken link leads to no file.
            let Ok(at) = at.canonicalize() else { continue };
            if at.is_file() && at.starts_with(&root) {
                let tag = tag(&fs::read(&at)?);
                found.push(Found { path, at, tag });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

/// A text that changes with the content: the length and a hash of 128 bits.
fn tag(content: &[u8]) -> String {
    let hash = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(seed);
        hasher.write(content);
        hasher.finish()
    };
    format!("{:X}-{:016X}{:016X}", content.len(), hash(0), hash(1))
}
