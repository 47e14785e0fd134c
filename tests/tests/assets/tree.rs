//! Directories with files.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use landfall::assets::Embedded;

/// A directory that is removed at the end of its test.
#[derive(Debug)]
pub(crate) struct Tree(PathBuf);

impl Tree {
    pub(crate) fn new() -> Tree {
        // The process id and a counter make the name unique.
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "tree-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&root).unwrap();
        Tree(root)
    }

    pub(crate) fn of<P: AsRef<str>, C: AsRef<[u8]>>(
        files: impl IntoIterator<Item = (P, C)>,
    ) -> Tree {
        let tree = Tree::new();
        for (path, content) in files {
            tree.write(path.as_ref(), content);
        }
        tree
    }

    /// The files below any directory, with their content.
    pub(crate) fn at(root: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(Path::new(root), "", &mut found).unwrap();
        found
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.0.join(path)).unwrap()
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.0.join(path).exists()
    }

    /// The files as they are now, as if a binary had them.
    pub(crate) fn embedded(&self) -> Embedded {
        let leaked = self.files().into_iter().map(|(path, content)| {
            let mut hasher = DefaultHasher::new();
            content.hash(&mut hasher);
            let tag = hasher.finish().to_string();
            let (path, tag) = (path.leak() as &'static str, tag.leak() as &'static str);
            (path, content.leak() as &'static [u8], tag)
        });
        Embedded::of(leaked.collect::<Vec<_>>().leak())
    }

    /// All files with their content.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.0, "", &mut found).unwrap();
        found
    }
}

fn collect(root: &Path, below: &str, found: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = format!("{below}{}", entry.file_name().to_str().unwrap());
        match entry.file_type()?.is_dir() {
            true => collect(root, &format!("{path}/"), found)?,
            false => {
                found.insert(path, fs::read(entry.path())?);
            }
        }
    }
    Ok(())
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
