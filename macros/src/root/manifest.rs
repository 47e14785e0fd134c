//! What a manifest says of its dependencies.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use super::NAME;

/// How many manifests are kept. An editor's process expands the macros of a whole workspace, and
/// may live for days.
const KEPT: usize = 256;

static READ: Mutex<Option<HashMap<PathBuf, Read>>> = Mutex::new(None);

/// What was read of a manifest, and when the file was last written.
struct Read {
    changed: SystemTime,
    manifest: Arc<Manifest>,
}

/// What a manifest says of its dependencies: one line a key, as Cargo writes it.
#[derive(Default)]
pub(super) struct Manifest {
    pub(super) is_a_workspace: bool,
    is_the_runtime: bool,
    /// Each key, with the package that it says it is.
    keys: Vec<(String, Option<String>)>,
}

impl Manifest {
    /// The manifest of a directory. It is read again once it has changed.
    pub(super) fn read(directory: &Path) -> Option<Arc<Self>> {
        let path = directory.join("Cargo.toml");
        let changed = fs::metadata(&path).and_then(|file| file.modified()).ok()?;
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let read = read.get_or_insert_default();
        if let Some(kept) = read.get(&path).filter(|kept| kept.changed == changed) {
            return Some(Arc::clone(&kept.manifest));
        }
        let manifest = Arc::new(Manifest::of(&fs::read_to_string(&path).ok()?));
        if read.len() >= KEPT {
            read.clear();
        }
        let kept = Read {
            changed,
            manifest: Arc::clone(&manifest),
        };
        read.insert(path, kept);
        Some(manifest)
    }

    fn of(manifest: &str) -> Self {
        let mut found = Manifest::default();
        let mut table: Vec<String> = Vec::new();
        for line in manifest.lines().map(str::trim) {
            if let Some(header) = line.strip_prefix('[') {
                let header = header.split(']').next().unwrap_or_default();
                table = header.split('.').map(bare).collect();
                found.is_a_workspace |= table.first().is_some_and(|first| first == "workspace");
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

    pub(super) fn own(&self) -> Option<String> {
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
    pub(super) fn inherited(&self, workspace: &Manifest) -> Option<String> {
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
        Manifest::of(manifest).own()
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
        let workspace = Manifest::of(workspace);
        assert!(workspace.is_a_workspace);
        let inherited = |manifest: &str| Manifest::of(manifest).inherited(&workspace);
        let edge = inherited("[dependencies]\nedge.workspace = true");
        assert_eq!(edge.as_deref(), Some("edge"));
        assert_eq!(inherited("[dependencies]\nserde.workspace = true"), None);
    }

    #[test]
    fn a_manifest_is_read_again_once_it_has_changed() {
        let directory = std::env::temp_dir().join(format!("landfall-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let write = |name: &str, second: u64| {
            let path = directory.join("Cargo.toml");
            fs::write(&path, format!("[dependencies]\n{name} = \"0.1\"")).unwrap();
            let when = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(second);
            fs::File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(when)
                .unwrap();
        };
        let own = || Manifest::read(&directory).unwrap().own();
        write("landfall", 1);
        assert_eq!(own().as_deref(), Some("landfall"));
        // The same time: it is not looked into.
        write("another", 1);
        assert_eq!(own().as_deref(), Some("landfall"));
        write("another", 2);
        assert_eq!(own(), None);
        fs::remove_dir_all(&directory).unwrap();
        assert!(Manifest::read(&directory).is_none());
    }
}
