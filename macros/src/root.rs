//! By which name a crate knows the runtime: `landfall`, unless its manifest says otherwise.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

const NAME: &str = "landfall";

/// The name under which the crate that is compiled depends on the runtime. `None` if its manifest
/// names the runtime nowhere: another crate hands it on.
pub(crate) fn name() -> Option<String> {
    // Tests of the macros expand without a compiler, and for no crate.
    let directory = proc_macro::is_available()
        .then(|| env::var_os("CARGO_MANIFEST_DIR"))
        .flatten();
    let Some(directory) = directory.map(PathBuf::from) else {
        return Some(NAME.to_owned());
    };
    let Ok(manifest) = fs::read_to_string(directory.join("Cargo.toml")) else {
        return Some(NAME.to_owned());
    };
    let found = Dependencies::of(&manifest);
    found.own().or_else(|| {
        let workspaces = directory.ancestors().filter_map(workspace);
        workspaces.take(1).find_map(|root| found.inherited(&root))
    })
}

fn workspace(directory: &Path) -> Option<String> {
    let text = fs::read_to_string(directory.join("Cargo.toml")).ok()?;
    text.lines()
        .any(|line| line.trim().starts_with("[workspace"))
        .then_some(text)
}

/// What a manifest says of its dependencies: one line a key, as Cargo writes it.
#[derive(Default)]
struct Dependencies {
    is_the_runtime: bool,
    /// Each key, with the package that it says it is.
    keys: Vec<(String, Option<String>)>,
}

impl Dependencies {
    fn of(manifest: &str) -> Self {
        let mut found = Dependencies::default();
        let mut table: Vec<String> = Vec::new();
        for line in manifest.lines().map(str::trim) {
            if let Some(header) = line.strip_prefix('[') {
                let header = header.split(']').next().unwrap_or_default();
                table = header.split('.').map(bare).collect();
                if let [.., kind, key] = &*table
                    && is_dependencies(kind)
                {
                    found.keys.push((key.clone(), None));
                }
                continue;
            }
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let key = bare(key.split('.').next().unwrap_or_default());
            match &*table {
                [.., last] if is_dependencies(last) => found.keys.push((key, package(value))),
                [.., kind, _] if is_dependencies(kind) && key == "package" => {
                    if let Some(last) = found.keys.last_mut() {
                        last.1 = Some(bare(value));
                    }
                }
                [only] if only == "package" && key == "name" => {
                    found.is_the_runtime = bare(value) == NAME;
                }
                _ => {}
            }
        }
        found
    }

    fn own(&self) -> Option<String> {
        let is_own = |(key, package): &&(String, Option<String>)| match package {
            Some(package) => package == NAME,
            None => key == NAME,
        };
        if self.is_the_runtime {
            return Some(NAME.to_owned());
        }
        let (key, _) = self.keys.iter().find(is_own)?;
        Some(key.replace('-', "_"))
    }

    /// The key that a workspace defines and this manifest inherits.
    fn inherited(&self, workspace: &str) -> Option<String> {
        let workspace = Dependencies::of(workspace);
        let mut keys = workspace.keys.iter();
        let (key, _) = keys.find(|(key, package)| {
            package.as_deref() == Some(NAME) && self.keys.iter().any(|(own, _)| own == key)
        })?;
        Some(key.replace('-', "_"))
    }
}

fn is_dependencies(table: &str) -> bool {
    ["dependencies", "dev-dependencies", "build-dependencies"].contains(&table)
}

/// A key or a value without spaces, quotes and a comment.
fn bare(text: &str) -> String {
    let text = text.split('#').next().unwrap_or_default();
    text.trim()
        .trim_matches(|char| char == '"' || char == '\'')
        .to_owned()
}

/// The package of `{ package = "landfall", .. }`.
fn package(value: &str) -> Option<String> {
    let (_, after) = value.split_once("package")?;
    let after = after.trim_start().strip_prefix('=')?;
    Some(bare(after.split([',', '}']).next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(manifest: &str) -> Option<String> {
        Dependencies::of(manifest).own()
    }

    #[test]
    fn a_dependency_has_its_name_or_another() {
        for (manifest, name) in [
            ("[dependencies]\nlandfall = \"0.1\"", Some("landfall")),
            (
                "[dependencies]\nlandfall.workspace = true",
                Some("landfall"),
            ),
            ("[dependencies.landfall]\npath = \"..\"", Some("landfall")),
            ("[package]\nname = \"landfall\" # itself", Some("landfall")),
            (
                "[dev-dependencies]\n\"the-edge\" = { version = \"1\", package = \"landfall\", features = [] }",
                Some("the_edge"),
            ),
            (
                "[target.'cfg(unix)'.dependencies.edge]\nversion = \"1\"\npackage = 'landfall'",
                Some("edge"),
            ),
            (
                "[dependencies]\nfacade = \"1\"\n[features]\nlandfall = []",
                None,
            ),
            ("[package]\nname = \"landfall-user\"", None),
            ("", None),
        ] {
            assert_eq!(own(manifest).as_deref(), name, "{manifest}");
        }
    }

    #[test]
    fn a_workspace_gives_names_to_those_who_inherit_them() {
        let workspace =
            "[workspace.dependencies]\nedge = { package = \"landfall\", version = \"1\" }";
        let inherited = |manifest: &str| Dependencies::of(manifest).inherited(workspace);
        let edge = inherited("[dependencies]\nedge.workspace = true");
        assert_eq!(edge.as_deref(), Some("edge"));
        assert_eq!(inherited("[dependencies]\nserde.workspace = true"), None);
    }
}
