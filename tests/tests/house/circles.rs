//! Files of one room that use each other in a circle.
//!
//! A name that a file hands on, as a `mod.rs` does, counts as a use of the file that defines it, by
//! those who use it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{root, uses::Crate};

/// Circles that are so by nature, and why.
const BY_NATURE: &[(&[&str], &str)] = &[
    (
        &["channel/contract.rs", "channel/join.rs"],
        "`Channel::join` is given a `Join` of the channel, which holds the channel's socket",
    ),
    (
        &[
            "endpoint/builder.rs",
            "endpoint/handle.rs",
            "endpoint/mod.rs",
            "endpoint/reload.rs",
            "endpoint/running.rs",
        ],
        "`Endpoint` gives its `Builder`, its `EndpointHandle` and what runs, each of which is of one `Endpoint`",
    ),
];

/// For each file, the files of its room that it uses, and by which names.
type Uses = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The largest groups of files that all reach each other.
fn circles(uses: &Uses) -> BTreeSet<Vec<&str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = uses
        .keys()
        .map(|file| (&**file, reach(uses, file)))
        .collect();
    let circle = |file: &&str| {
        let mutual = |other: &&&str| reached[*other].contains(file);
        reached[file].iter().filter(mutual).copied().collect()
    };
    let all = reached.keys().map(circle);
    all.filter(|circle: &Vec<&str>| circle.len() > 1).collect()
}

/// The files that a file uses, or that those use.
fn reach<'a>(uses: &'a Uses, file: &str) -> BTreeSet<&'a str> {
    let (mut reached, mut ahead) = (BTreeSet::new(), vec![file]);
    while let Some(next) = ahead.pop() {
        for used in uses.get(next).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(&**used) {
                ahead.push(used);
            }
        }
    }
    reached
}

/// How the files of a circle use each other.
fn told(uses: &Uses, circle: &[&str]) -> String {
    let mut told = String::new();
    for file in circle {
        for (used, names) in &uses[*file] {
            if circle.contains(&&**used) {
                let names = names.iter().map(String::as_str).collect::<Vec<_>>();
                told += &format!("\n  {file} uses {used}: {}", names.join(", "));
            }
        }
    }
    told
}

#[test]
fn no_files_of_a_room_use_each_other_in_a_circle() {
    let uses = Crate::read(&root().join("runtime/src")).within_rooms();
    let found = circles(&uses);
    let told: Vec<_> = found
        .iter()
        .filter(|circle| {
            BY_NATURE
                .iter()
                .all(|(files, _)| *files != circle.as_slice())
        })
        .map(|circle| told(&uses, circle))
        .collect();
    assert!(told.is_empty(), "a circle:{}", told.join("\na circle:"));
    for (files, reason) in BY_NATURE {
        assert!(
            found.contains(*files),
            "no circle any more: {files:?}, {reason}"
        );
    }
}

#[test]
fn a_circle_is_found_whole() {
    let uses = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e")];
    let mut all = Uses::new();
    for (file, used) in uses {
        all.entry(used.into()).or_default();
        let names = all.entry(file.into()).or_default();
        names.insert(used.into(), BTreeSet::from(["X".into()]));
    }
    assert_eq!(circles(&all), BTreeSet::from([vec!["a", "b", "c"]]));
    assert!(told(&all, &["a", "b", "c"]).contains("\n  c uses a: X"));
}
