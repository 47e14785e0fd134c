//! The same words as the runtime's.

use std::{fs, path::Path};

use super::{PUBLIC, entry};

fn runtime(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn entries_are_found_wrong_in_the_words_of_the_runtime() {
    let findings = runtime("origin/findings.txt");
    for block in findings.split("\n\n") {
        let mut lines = block.lines();
        let entry = lines.next().unwrap_or_default().trim_matches('|');
        let found: Vec<String> = match entry::check(entry) {
            Ok(()) => Vec::new(),
            Err(mistake) => {
                let help = mistake.help.iter().map(|help| format!("help: {help}"));
                [mistake.text.clone()].into_iter().chain(help).collect()
            }
        };
        assert_eq!(found, lines.collect::<Vec<_>>(), "{entry}");
    }
}

#[test]
fn public_suffixes_are_those_of_the_runtime() {
    let runtime = runtime("config/origin.rs");
    let list =
        runtime.split_once("PUBLIC: &[&str] = &[").and_then(|(_, rest)| rest.split_once(']')).unwrap().0;
    let list: Vec<_> = list.split(',').map(|name| name.trim().trim_matches('"')).collect();
    assert_eq!(list.strip_suffix(&[""]).unwrap(), PUBLIC);
}
