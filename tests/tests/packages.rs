//! What packages contain: sources that two of them share by a symbolic link, and licences.

use std::{collections::BTreeSet, process::Command};

const GRAMMAR: &str = "src/grammar/";

/// The files of a package.
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
    files.lines().map(str::to_owned).collect()
}

fn grammar(package: &str) -> BTreeSet<String> {
    let mut files = packaged(package);
    files.retain(|file| file.starts_with(GRAMMAR));
    files
}

#[test]
fn both_packages_contain_the_grammar() {
    let shared = grammar("landfall");
    assert!(shared.contains("src/grammar/mod.rs"), "{shared:?}");
    assert_eq!(shared, grammar("landfall-macros"));
}

#[test]
fn packages_contain_their_licences_and_those_of_what_others_wrote() {
    for package in [
        "landfall",
        "landfall-macros",
        "landfall-assets",
        "landfall-cli",
    ] {
        let files = packaged(package);
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert!(files.contains(licence), "{package} has no {licence}");
        }
    }
    let files = packaged("landfall");
    assert!(files.contains("README.md"), "{files:?}");
    for theirs in ["phoenix.min.js", "phoenix.LICENSE.md"] {
        let theirs = format!("src/live_reload/{theirs}");
        assert!(files.contains(&theirs), "there is no {theirs}");
    }
}
