//! What nodes tell each other of their presences: what was read is written and reads the same, and
//! a node that hears anything says only what others can read.

use std::time::Duration;

use landfall::fuzzing::{Listener, rewrite};

use crate::input::Input;

/// The first byte says which of the two it is about.
pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    match first & 1 {
        0 => read(rest),
        _ => hear(rest),
    }
}

fn read(bytes: &[u8]) {
    let Some(written) = rewrite(bytes) else {
        return;
    };
    assert_eq!(rewrite(&written).as_ref(), Some(&written));
}

/// Messages, each after a byte that says how much time has passed, and one that says how long it
/// is.
fn hear(bytes: &[u8]) {
    let mut listener = Listener::new();
    let mut input = Input(bytes);
    while !input.is_empty() {
        let after = Duration::from_millis(1 << (input.byte() % 22));
        for answer in listener.hear(input.short(), after) {
            assert!(rewrite(&answer).is_some(), "{answer:?}");
        }
    }
}
