//! Earlier versions, and how they are removed.

use std::time::Duration;

use landfall_assets::{Cleaner, Digester, Manifest};

use crate::tree::Tree;

const HOUR: Duration = Duration::from_secs(3600);

/// A file in N versions, each an hour younger than the one before.
fn versions(count: u64) -> (Tree, Vec<String>) {
    let tree = Tree::new();
    let mut paths = Vec::new();
    for version in 0..count {
        tree.write("app.js", version.to_string().repeat(500));
        paths.push(Digester::new(tree.path()).run().unwrap().manifest.latest["app.js"].clone());
    }
    let mut manifest = manifest(&tree);
    for (place, path) in paths.iter().enumerate() {
        let entry = manifest.digests.get_mut(path).unwrap();
        entry.mtime -= (count - 1 - place as u64) * HOUR.as_secs();
    }
    tree.write(Manifest::FILE, manifest.to_string());
    (tree, paths)
}

fn manifest(tree: &Tree) -> Manifest {
    Manifest::parse(std::str::from_utf8(&tree.read(Manifest::FILE)).unwrap()).unwrap()
}

fn left(tree: &Tree, paths: &[String]) -> Vec<bool> {
    paths.iter().map(|path| tree.has(path)).collect()
}

#[test]
fn what_is_too_old_goes() {
    let (tree, paths) = versions(4);
    let cleaned = Cleaner::new(tree.path())
        .age(HOUR * 3 / 2)
        .keep(9)
        .run()
        .unwrap();
    assert_eq!((cleaned.removed.len(), cleaned.kept), (2, 1));
    assert_eq!(left(&tree, &paths), [false, false, true, true]);
    assert_eq!(manifest(&tree).digests.len(), 2);
    assert!(!tree.has(&format!("{}.gz", paths[0])) && !tree.has(&format!("{}.br", paths[0])));
    assert!(tree.has(&format!("{}.gz", paths[2])));
}

#[test]
fn what_is_too_much_goes() {
    let (tree, paths) = versions(4);
    Cleaner::new(tree.path())
        .age(HOUR * 9)
        .keep(1)
        .run()
        .unwrap();
    assert_eq!(left(&tree, &paths), [false, false, true, true]);
}

#[test]
fn the_latest_version_stays_however_old() {
    let (tree, paths) = versions(2);
    Cleaner::new(tree.path())
        .age(Duration::ZERO)
        .keep(0)
        .run()
        .unwrap();
    assert_eq!(left(&tree, &paths), [false, true]);
}

#[test]
fn all_that_was_written_can_go() {
    let (tree, _) = versions(3);
    tree.write("mine.gz", "mine");
    Cleaner::new(tree.path()).all().run().unwrap();
    assert_eq!(
        tree.files().into_keys().collect::<Vec<_>>(),
        ["app.js", "mine.gz"]
    );
}

#[test]
fn without_a_manifest_nothing_is_done() {
    let tree = Tree::of([("app.js", "x")]);
    assert_eq!(
        Cleaner::new(tree.path()).all().run().unwrap().removed,
        [""; 0]
    );
    assert_eq!(tree.files().len(), 1);
    Cleaner::new(tree.path().join("none")).run().unwrap_err();
}

#[test]
fn nothing_outside_is_removed() {
    let outer = Tree::of([("secret", "x"), ("static/app.js", "x")]);
    let inner = outer.path().join("static");
    for path in [
        "../secret",
        "a/../../secret",
        "/secret",
        "..\\secret",
        "c:secret",
        "",
    ] {
        let entry = |path: &str| {
            format!(
                r#"{{"version":1,"latest":{{}},"digests":{{{}:{{"digest":"","logical_path":"x","mtime":1,"size":1}}}}}}"#,
                serde_json::to_string(path).unwrap()
            )
        };
        outer.write("static/cache_manifest.json", entry(path));
        for cleaner in [Cleaner::new(&inner), Cleaner::new(&inner).all()] {
            let error = cleaner.run().unwrap_err();
            assert!(
                error
                    .to_string()
                    .ends_with("names a file outside of its directory"),
                "{error}"
            );
        }
        assert!(outer.has("secret"));
    }
}
