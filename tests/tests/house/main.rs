//! The dependency order of CONTRIBUTING.md, checked against the `crate::` paths of the sources; and
//! that no files of a room use each other in a circle.

mod circles;
mod guide;
mod packages;
mod uses;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Rooms that may use a room to their right, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "origin",
    "handle",
    "only in the type of a function that it is given and never calls",
)];

/// Sources that are not rooms: the root, and what only tests see.
const OUTSIDE: &[&str] = &[
    "lib",
    "testing",
    "schema_tests",
    "without_channels",
    "cursors",
    "helps",
    "mutations",
];

/// The names between backticks in the quotation after these words, in order.
fn order(behind: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let (_, rest) = text
        .split_once(behind)
        .unwrap_or_else(|| panic!("CONTRIBUTING.md does not say {behind:?}"));
    let quoted = rest
        .lines()
        .skip_while(|line| !line.starts_with('>'))
        .take_while(|line| line.starts_with('>'));
    quoted
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace")
        .to_owned()
}

/// Every source below a folder, except for tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && !matches!(name.as_str(), "tests" | "snapshots" | "docs") {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The source without its comments and its inline tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source");
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What stands directly behind `crate::`, one name or a list of paths.
fn used(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => {
                names.insert(first_name(rest));
            }
            Some(list) => names.extend(paths(list).map(|path| first_name(path.trim()))),
        }
    }
    names.remove("");
    names
}

fn first_name(path: &str) -> String {
    path.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect()
}

/// The paths of a list, up to its end. Nested lists stay whole.
fn paths(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 1;
    let end = list.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    let mut depth = 0;
    list[..end.expect("a list ends")].split(move |c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    })
}

/// The places where sources below a folder break this order.
fn findings(folder: &str, order: &[String]) -> Vec<String> {
    let folder = root().join(folder);
    let rank = |name: &str| order.iter().position(|other| other == name);
    let mut files = Vec::new();
    sources(&folder, &mut files);
    assert!(files.len() > 20, "the sources are elsewhere");
    let mut findings = BTreeSet::new();
    for path in files {
        let relative = path
            .strip_prefix(&folder)
            .expect("it is below")
            .to_string_lossy()
            .into_owned();
        let room = relative
            .split('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs")
            .to_owned();
        let Some(own) = rank(&room) else {
            if !OUTSIDE.contains(&room.as_str()) {
                findings.insert(format!(
                    "`{room}` is missing from the order in CONTRIBUTING.md"
                ));
            }
            continue;
        };
        // The prelude is exempt: it lists what the crate's root exports.
        for name in used(&code(&path)).into_iter().filter(|_| room != "prelude") {
            let excepted = EXCEPTIONS
                .iter()
                .any(|(who, what, _)| (*who, *what) == (room.as_str(), name.as_str()));
            let finding = match rank(&name) {
                Some(other) if other <= own || excepted => continue,
                Some(_) => format!("{relative} uses `{name}`, which stands right of it"),
                // It exists for tests alone, as the compiler sees to.
                None if name == "testing" => continue,
                None => format!("{relative} uses `crate::{name}`: name the room that it is in"),
            };
            findings.insert(finding);
        }
    }
    findings.into_iter().collect()
}

#[test]
fn the_runtime_depends_in_one_direction() {
    assert_eq!(
        findings("runtime/src", &order("**The runtime** has one direction")),
        [""; 0]
    );
}

#[test]
fn the_macros_depend_in_one_direction() {
    assert_eq!(
        findings("macros/src", &order("**The macro** goes")),
        [""; 0]
    );
}

#[test]
fn a_list_is_read_to_its_end() {
    let code = "use crate::{\n    a::{self, B},\n    c,\n    d::{e::{F, G}, h},\n};\nfn x() -> crate::i::J { pub(in crate::k) }";
    assert_eq!(
        used(code).into_iter().collect::<Vec<_>>(),
        ["a", "c", "d", "i", "k"]
    );
}

#[test]
fn what_stands_right_is_found() {
    let names = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut order = order("**The runtime** has one direction");
    order.reverse();
    assert!(
        findings("runtime/src", &order)
            .iter()
            .any(|found| found == "url.rs uses `config`, which stands right of it")
    );
    let missing = findings("runtime/src", &names("config"));
    assert!(
        missing
            .iter()
            .any(|found| found.starts_with("`url` is missing from the order")),
        "{missing:?}"
    );
}
