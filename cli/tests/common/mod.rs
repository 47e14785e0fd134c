//! What tests of the command have in common.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

pub(crate) fn landfall(arguments: &[&str]) -> Output {
    landfall_in(Path::new("."), arguments)
}

pub(crate) fn landfall_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_landfall"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the command runs")
}

/// Cargo with the target directory of this workspace, for projects that share its dependencies.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target.expect("a target directory"))
        .env("CARGO_NET_OFFLINE", "true")
        .env("SECRET_KEY_BASE", "s".repeat(64))
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// An empty folder for the test of this name.
pub(crate) fn place(test: &str) -> PathBuf {
    let binary = env!("CARGO_CRATE_NAME");
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{binary}-{test}"));
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder");
    root
}

pub(crate) fn repository() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("a workspace").to_owned()
}

/// What the command says is to be added: the lines that are set in.
pub(crate) fn told_lines(project: &Path, arguments: &[&str]) -> Vec<String> {
    let done = landfall_in(project, arguments);
    assert!(done.status.success(), "{done:?}");
    let told = text(&done.stdout);
    let lines = told.lines().filter_map(|line| line.strip_prefix("    "));
    lines.map(str::to_owned).collect()
}
