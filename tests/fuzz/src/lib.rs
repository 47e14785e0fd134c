//! What must hold for every input. A target takes bytes and panics when it does not.
//!
//! `bash tests/fuzz/run 60` lets libFuzzer look for such bytes, 60 seconds for each target; what it
//! learnt is in `corpus/`, which `cargo test` runs through the targets without it.

mod input;
mod targets;

use targets::*;

/// A property of a parser.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 14] = [
    ("binary", binary::run),
    ("frames", frames::run),
    ("handshake", handshake::run),
    ("inflate", inflate::run),
    ("letters", letters::run),
    ("ndjson", ndjson::run),
    ("origins", origins::run),
    ("paths", paths::run),
    ("phoenix", phoenix::run),
    ("presence", presence::run),
    ("query", query::run),
    ("tokens", tokens::run),
    ("v1", v1::run),
    ("v2", v2::run),
];

/// The target of that name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS
        .iter()
        .find(|(own, _)| *own == name)
        .map(|(_, target)| *target)
}
