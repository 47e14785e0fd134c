//! What packages contain, and what they bring along: sources that two of them share by a symbolic
//! link, licences, other crates.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

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
    let command = packaged("landfall-cli");
    for theirs in ["phoenix.js", "phoenix.LICENSE.md"] {
        let theirs = format!("templates/static/assets/{theirs}");
        assert!(command.contains(&theirs), "there is no {theirs}");
    }
    for theirs in ["phoenix.min.js", "phoenix.LICENSE.md"] {
        let theirs = format!("src/live_reload/{theirs}");
        assert!(files.contains(&theirs), "there is no {theirs}");
    }
}

/// The crates of an application that depends on landfall, on the platform of this test.
fn crates(features: &[&str]) -> BTreeSet<String> {
    let listed = Command::new(std::env::var_os("CARGO").expect("run by cargo"))
        .args(["tree", "--offline", "--package", "landfall"])
        .args(["--edges", "normal", "--prefix", "none"])
        .args(features)
        .output();
    let listed = listed.expect("cargo runs");
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let tree = String::from_utf8(listed.stdout).expect("names");
    let name = |line: &str| {
        let mut words = line.split_whitespace();
        Some(format!("{} {}", words.next()?, words.next()?))
    };
    tree.lines().filter_map(name).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn no_crates_are_added_that_contributing_does_not_count() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../CONTRIBUTING.md");
    let page = fs::read_to_string(page).expect("CONTRIBUTING.md");
    let counted = |features: &[&str], before: &str, after: &str| {
        let crates = crates(features);
        let said = format!("{before} {}{after}", crates.len());
        assert!(page.contains(&said), "{said:?}: {crates:?}");
    };
    counted(&[], "an application takes on", " crates,");
    counted(&["--no-default-features"], "without default features", ".");
}
