//! A copy of the repository to depend on, and the workspace that a project is in.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Whether crates.io has the version of this command. A test fails when the workspace's `publish` says otherwise.
const RELEASED: bool = false;

/// What a project depends on unless it is told a copy.
pub(super) const DEFAULT: &str = if RELEASED {
    concat!("version = \"", env!("CARGO_PKG_VERSION"), "\"")
} else {
    concat!("git = \"", env!("CARGO_PKG_REPOSITORY"), "\"")
};

/// What `Cargo.toml` says about landfall, in braces: [`DEFAULT`], or a copy.
///
/// # Errors
/// There is no copy of the repository.
pub(super) fn dependency(path: Option<&Path>) -> Result<String, String> {
    let Some(path) = path else {
        return Ok(DEFAULT.to_owned());
    };
    let library = path.join("runtime");
    let manifest = fs::read_to_string(library.join("Cargo.toml")).unwrap_or_default();
    if !manifest.lines().any(|line| line == "name = \"landfall\"") {
        return Err(format!(
            "`{}` is no copy of landfall's repository: it has no `runtime/Cargo.toml` of it; \
             help: `git clone {}`",
            path.display(),
            env!("CARGO_PKG_REPOSITORY")
        ));
    }
    let library = library
        .canonicalize()
        .map_err(|error| format!("cannot find `{}`: {error}", library.display()))?;
    let library = library.display().to_string();
    // A literal string of TOML is as it is, also with `\`; it cannot have a `'`.
    Ok(match library.contains('\'') {
        true => format!("path = {library:?}"),
        false => format!("path = '{library}'"),
    })
}

/// The manifest of the workspace in whose folder the project is.
pub(super) fn workspace_around(place: &Path) -> Option<PathBuf> {
    let place = place.canonicalize().ok()?;
    place
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("Cargo.toml"))
        .find(|manifest| {
            fs::read_to_string(manifest)
                .is_ok_and(|text| text.lines().any(|line| line.trim_end() == "[workspace]"))
        })
}
