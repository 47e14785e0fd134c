//! A short soak.

#![cfg(target_os = "linux")]

#[path = "../src/soak/tally.rs"]
#[allow(dead_code, reason = "its own test is all that is used")]
mod tally;

use std::{path::Path, time::Duration};

use landfall_tests::soak;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_soak_of_five_seconds_loses_nothing_and_leaves_nothing() {
    let program = Path::new(env!("CARGO_BIN_EXE_soak"));
    let report = soak::run(program, Duration::from_secs(5))
        .await
        .expect("it runs");
    // Speed and memory say nothing in a debug build.
    let hurry = ["connections:", "an idle socket:", "echo p99:", "RSS"];
    let missed: Vec<_> = report
        .missed()
        .filter(|goal| !hurry.iter().any(|one| goal.starts_with(one)))
        .collect();
    assert!(missed.is_empty(), "{missed:?}\n{report}");
}
