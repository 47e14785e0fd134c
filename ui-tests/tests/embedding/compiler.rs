//! The compiler, called as Cargo calls it. What it links is what this program is linked with, so that a case costs a tenth
//! of a second and no crate is built for it.

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Command, Output},
};

use landfall_ui_externs::externs;

/// Which of the toolchain's compilers is asked.
#[derive(Clone, Copy)]
pub(super) enum Driver {
    Rustc,
    Clippy,
}

impl Driver {
    /// It stands beside the Cargo that runs this test: what rustup has in the path would look for it each time.
    fn program(self) -> OsString {
        let name = match self {
            Driver::Rustc => "rustc",
            Driver::Clippy => "clippy-driver",
        };
        let cargo = env::var_os("CARGO").unwrap_or_default();
        let beside = Path::new(&cargo).with_file_name(name);
        match beside.exists() {
            true => beside.into(),
            false => name.into(),
        }
    }
}

/// The `--extern` of a crate that this program uses, under another name.
pub(super) fn renamed(name: &str, new: &str) -> String {
    let prefix = format!("{name}=");
    let path = externs!()
        .iter()
        .find_map(|argument| argument.strip_prefix(&*prefix));
    format!("{new}={}", path.expect("a dependency of this program"))
}

/// Where the crates are that other crates use.
pub(super) fn search_paths<'a>() -> Vec<&'a str> {
    let pairs = externs!().chunks_exact(2);
    let paths = pairs.filter(|pair| pair[0] == "-L");
    paths.flatten().copied().collect()
}

/// Checks a crate of the package in this folder. As when Cargo calls the compiler, paths are relative to the workspace: those
/// of crates that this program uses, too.
pub(super) fn check(
    driver: Driver,
    workspace: &Path,
    package: &Path,
    arguments: &[&str],
) -> Output {
    Command::new(driver.program())
        .current_dir(workspace)
        .env("CARGO_MANIFEST_DIR", package)
        .args(["--emit=metadata", "--color=never"])
        .args(arguments)
        .output()
        .expect("the compiler")
}

/// What the compiler said.
pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
