//! The example `restart`, as a program: `cargo test` has built it beside this test.

#![cfg(unix)]

use std::{path::PathBuf, process::Command};

/// The program. Where only this test was built, it is built now.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    let built = test.ancestors().nth(2).expect("it is in `deps`");
    let program = built.join("examples/restart");
    if !program.exists() {
        let cargo = Command::new(env!("CARGO"))
            .args(["build", "--package", "landfall-examples"])
            .args(["--example", "restart"])
            .status();
        assert!(cargo.expect("cargo starts").success());
    }
    program
}

#[test]
fn a_program_that_is_replaced_refuses_nobody() {
    // It has limits of its own for each step, and fails at the first request that is refused.
    let output = Command::new(program())
        .args(["3", "200"])
        .env("PORT", "0")
        .output()
        .expect("the example starts");
    let (told, error) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{told}\n{error}");
    assert!(
        told.contains("of 4 programs, none was refused"),
        "{told}\n{error}"
    );
}
