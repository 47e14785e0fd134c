//! Two crates share a folder of sources, by a symbolic link. Each package must contain the folder.

use std::{collections::BTreeSet, process::Command};

const GRAMMAR: &str = "src/grammar/";

fn packaged(package: &str) -> BTreeSet<String> {
    let list = [
        "package",
        "--list",
        "--allow-dirty",
        "--offline",
        "--package",
        package,
    ];
    let listed = Command::new(std::env::var_os("CARGO").expect("run by cargo"))
        .args(list)
        .output();
    let listed = listed.expect("cargo runs");
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let files = String::from_utf8(listed.stdout).expect("names");
    files
        .lines()
        .filter(|file| file.starts_with(GRAMMAR))
        .map(str::to_owned)
        .collect()
}

#[test]
fn both_packages_contain_the_grammar() {
    let grammar = packaged("landfall");
    assert!(grammar.contains("src/grammar/mod.rs"), "{grammar:?}");
    assert_eq!(grammar, packaged("landfall-macros"));
}
