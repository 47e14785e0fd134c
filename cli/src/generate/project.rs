//! The sources that a file is written beside.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use crate::sources::Sources;

/// The project of the working directory.
pub(super) struct Project {
    sources: Sources,
    /// The file with the `mod` lines.
    pub(super) root: &'static str,
    /// The library's name, if there is one, by which `main.rs` knows its modules.
    pub(super) library: Option<String>,
}

impl Project {
    /// # Errors
    /// There is none.
    pub(super) fn here() -> Result<Self, String> {
        let manifest = fs::read_to_string("Cargo.toml").unwrap_or_default();
        let root = ["src/lib.rs", "src/main.rs"]
            .into_iter()
            .find(|root| Path::new(root).is_file());
        let (Some(root), Some(package)) = (root, package(&manifest)) else {
            return Err("there is no project here: no Cargo.toml with a `[package]` and `src`; help: go to its folder, or make one by `landfall new NAME`".to_owned());
        };
        Ok(Project {
            sources: Sources::below(Path::new("src"))?,
            root,
            library: (root == "src/lib.rs").then(|| package.replace('-', "_")),
        })
    }

    /// The path of the module in which a type is declared: `crate::user_socket`.
    pub(super) fn module_of(&self, name: &str) -> Option<String> {
        let file = self.sources.declaring(name)?;
        let path = file.strip_prefix("src").unwrap_or(file).with_extension("");
        let mut module = vec!["crate".to_owned()];
        for part in path.iter().map(|part| part.to_string_lossy()) {
            if !matches!(&*part, "lib" | "main" | "mod") {
                module.push(part.into_owned());
            }
        }
        Some(module.join("::"))
    }

    /// The file with the declaration of an endpoint.
    pub(super) fn declaration(&self) -> String {
        let file = self.sources.containing("endpoint!");
        file.map_or("endpoint! { .. }".to_owned(), |file| {
            file.display().to_string()
        })
    }

    /// The file that declares a type.
    pub(super) fn file_of(&self, name: &str) -> Option<PathBuf> {
        self.sources.declaring(name).map(Path::to_owned)
    }

    /// Writes a file that is not there yet.
    pub(super) fn write(&self, path: &str, text: &str) -> Result<(), String> {
        let written =
            fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("`{path}` is there already; help: choose another name")
            }
            _ => format!("cannot write `{path}`: {error}"),
        })
    }
}

/// The name of the package.
fn package(manifest: &str) -> Option<&str> {
    let (_, package) = manifest.split_once("[package]")?;
    let names = package.lines().take_while(|line| !line.starts_with('['));
    let mut values = names.filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "name").then(|| value.trim().trim_matches(['"', '\'']))
    });
    values.next()
}
