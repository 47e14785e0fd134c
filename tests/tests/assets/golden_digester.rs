//! What `mix phx.digest` wrote, written again.
//!
//! Two differences are intended. The comment in the manifest names our command. A sibling is
//! written only where it is smaller than its file: a larger one costs every client more.

use std::{collections::BTreeMap, io::Read};

use flate2::read::GzDecoder;
use landfall_assets::{Cleaner, Digester};
use serde_json::{Map, Value};

use crate::tree::Tree;

fn cases() -> Vec<Value> {
    let golden =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/digester.json")).unwrap();
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

fn text<'a>(json: &'a Value, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_default()
}

fn tree(files: &Map<String, Value>) -> Tree {
    Tree::of(
        files
            .iter()
            .map(|(path, content)| (path, content.as_str().unwrap())),
    )
}

/// The input of all cases about trees. The note of one case holds it.
fn tree_of_the_note(cases: &[Value]) -> Tree {
    let mut notes = cases
        .iter()
        .filter_map(|case| text(case, "note").strip_prefix("input: "));
    tree(
        serde_json::from_str::<Value>(notes.next().unwrap())
            .unwrap()
            .as_object()
            .unwrap(),
    )
}

#[test]
fn stylesheets_are_rewritten_as_recorded() {
    let mut played = 0;
    for case in cases() {
        let (Some(input), Some(name)) = (case["input"].as_object(), case["digested_name"].as_str())
        else {
            continue;
        };
        let tree = tree(input);
        Digester::new(tree.path()).run().unwrap();
        let read = |path: &str| String::from_utf8(tree.read(path)).unwrap();
        assert_eq!(read(name), text(&case, "digested_content"), "{case}");
        assert_eq!(
            read("css/app.css"),
            text(&case, "undigested_content"),
            "{case}"
        );
        played += 1;
    }
    assert_eq!(played, 12);
}

#[test]
fn scripts_and_their_maps_are_rewritten_as_recorded() {
    let mut played = 0;
    for case in cases() {
        let (Some(input), Some(output)) = (case["input"].as_object(), case["output"].as_object())
        else {
            continue;
        };
        let tree = tree(input);
        Digester::new(tree.path()).run().unwrap();
        assert_same(&case, output, &tree);
        played += 1;
    }
    assert_eq!(played, 4);
}

#[test]
fn trees_are_digested_and_cleaned_as_recorded() {
    let cases = cases();
    let mut played = 0;
    for case in &cases {
        let Some(what) = text(case, "name").strip_prefix("tree: ") else {
            continue;
        };
        let output = case["output"].as_object().unwrap();
        let (input, to) = (tree_of_the_note(&cases), Tree::new());
        match what {
            "first digest into an empty directory" => {
                Digester::new(input.path()).output(to.path()).run().unwrap();
                assert_same(case, output, &to);
            }
            "output directory does not exist" => {
                Digester::new(input.path())
                    .output(to.path().join("a/b"))
                    .run()
                    .unwrap();
                assert!(to.has("a/b/cache_manifest.json"));
            }
            "input directory does not exist" => {
                Digester::new(input.path()).output(to.path()).run().unwrap();
                Digester::new(input.path().join("none"))
                    .output(to.path())
                    .run()
                    .unwrap_err();
                assert_same(case, output, &to);
            }
            "clean age 3600 keep 2" => {
                Digester::new(input.path()).output(to.path()).run().unwrap();
                input.write("a.txt", "two");
                Digester::new(input.path()).output(to.path()).run().unwrap();
                assert_eq!(Cleaner::new(to.path()).run().unwrap().removed, [""; 0]);
                assert_same(case, output, &to);
            }
            "without vsn" => {
                let originals = ["css/app.css", "css/local.png", "img/p.png"];
                let input = Tree::of(originals.map(|path| (path, text(&case["output"], path))));
                Digester::new(input.path()).vsn(false).run().unwrap();
                assert_same(case, output, &input);
            }
            other => panic!("what to do for `{other}`?"),
        }
        played += 1;
    }
    assert_eq!(played, 5);
}

/// Asserts that the tree holds the case's output.
fn assert_same(case: &Value, output: &Map<String, Value>, tree: &Tree) {
    let mut files = tree.files();
    files.retain(|path, _| !path.ends_with(".br") && !path.ends_with(".zst"));
    let mut wanted = output.clone();
    let manifest = files.remove("cache_manifest.json").unwrap();
    assert_eq!(
        without_times(&manifest),
        without_times(
            wanted
                .remove("cache_manifest.json")
                .unwrap()
                .to_string()
                .as_bytes()
        )
    );
    let gzipped: BTreeMap<_, _> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".gz"))
        .collect();
    for (path, encoded) in gzipped {
        assert!(wanted.contains_key(path), "{path} of {case}");
        let (mut content, original) = (Vec::new(), &files[path.trim_end_matches(".gz")]);
        GzDecoder::new(&encoded[..])
            .read_to_end(&mut content)
            .unwrap();
        assert_eq!(&content, original, "{path} of {case}");
        assert!(encoded.len() < original.len(), "{path} of {case}");
    }
    let plain = |path: &str| !path.ends_with(".gz");
    let came: BTreeMap<&str, &[u8]> = files
        .iter()
        .filter(|(path, _)| plain(path))
        .map(|(path, content)| (&**path, &**content))
        .collect();
    let hidden = |path: &str| {
        path.rsplit('/').next().unwrap().starts_with('.') || path.starts_with("x-0123")
    };
    let came: BTreeMap<_, _> = came.into_iter().filter(|(path, _)| !hidden(path)).collect();
    let wanted: BTreeMap<&str, &[u8]> = wanted
        .iter()
        .filter(|(path, _)| plain(path))
        .map(|(path, content)| (&**path, content.as_str().unwrap().as_bytes()))
        .collect();
    assert_eq!(came, wanted, "{case}");
}

/// A manifest without its comment and times. Asserts that they are there.
fn without_times(manifest: &[u8]) -> Value {
    let mut manifest: Value = serde_json::from_slice(manifest).unwrap();
    assert!(manifest["!comment!"].take().is_string());
    for entry in manifest["digests"].as_object_mut().unwrap().values_mut() {
        assert_ne!(entry["mtime"].take(), Value::Null);
    }
    manifest
}
