//! The Rust files of a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes: what people write is smaller.
const LARGEST: u64 = 4 * 1024 * 1024;
/// How deep folders are looked into.
const DEPTH: usize = 32;

/// Rust files with their text, in the order of their paths.
pub(crate) struct Sources(Vec<(PathBuf, String)>);

impl Sources {
    /// Those of a folder and all that is below it, or one file.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub(crate) fn below(place: &Path) -> Result<Self, String> {
        let mut found = Vec::new();
        collect(place, DEPTH, &mut found)?;
        found.sort();
        Ok(Sources(found))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.0.iter().map(|(path, text)| (&**path, &**text))
    }

    /// The file with these words.
    pub(crate) fn containing(&self, words: &str) -> Option<&Path> {
        self.iter()
            .find(|(_, text)| text.contains(words))
            .map(|(path, _)| path)
    }

    /// The file that declares a type of this name.
    pub(crate) fn declaring(&self, name: &str) -> Option<&Path> {
        let declares = |text: &str, word: &str| {
            text.match_indices(&format!("{word} {name}"))
                .any(|(at, found)| {
                    let next = text[at + found.len()..].chars().next();
                    next.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_')
                })
        };
        self.iter()
            .find(|(_, text)| declares(text, "struct") || declares(text, "enum"))
            .map(|(path, _)| path)
    }
}

fn collect(place: &Path, depth: usize, found: &mut Vec<(PathBuf, String)>) -> Result<(), String> {
    let failed = |error| format!("cannot read `{}`: {error}", place.display());
    let about = fs::metadata(place).map_err(failed)?;
    if about.is_file() {
        if about.len() > LARGEST {
            return Err(format!("`{}` is larger than 4 MiB", place.display()));
        }
        let text = fs::read_to_string(place).map_err(failed)?;
        let text = text.trim_start_matches('\u{feff}').to_owned();
        found.push((place.to_owned(), text));
        return Ok(());
    }
    for entry in fs::read_dir(place).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        // Links may lead in a circle.
        let is_rust = kind.is_file() && path.extension().is_some_and(|end| end == "rs");
        if is_rust || (kind.is_dir() && depth > 0) {
            collect(&path, depth - 1, found)?;
        }
    }
    Ok(())
}
