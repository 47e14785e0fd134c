//! Phoenix's own client, and other clients of channels.

use std::path::{Path, PathBuf};

use landfall_tests::{client::port, quay};
use tokio::process::Command;

use crate::node::{script, succeeds};

/// The program that clients start and stop.
const QUAY: &str = env!("CARGO_BIN_EXE_quay");

#[tokio::test]
#[ignore = "needs Node, and `npm ci` in tests/clients"]
async fn phoenix_in_node() {
    script("phoenix.mjs", &[QUAY]).await;
}

#[tokio::test]
#[ignore = "needs HAProxy and Node, and `npm ci` in tests/clients"]
async fn phoenix_behind_a_balancer() {
    script("balancer.mjs", &[QUAY]).await;
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn phoenix_in_a_browser() {
    script("phoenix-browser.mjs", &[QUAY]).await;
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn phoenix_of_each_version() {
    script("phoenix-versions.mjs", &[QUAY]).await;
}

#[tokio::test]
#[ignore = "needs Python, and `tests/clients/requirements.txt` in target/venv"]
async fn phoenix_channels_python_client() {
    python("channels_v2.py").await;
}

#[tokio::test]
#[ignore = "needs Python, and `tests/clients/requirements.txt` in target/venv"]
async fn phxsocket() {
    python("channels_v1.py").await;
}

#[tokio::test]
#[ignore = "builds the crate phoenix-chan, and a TLS library with it"]
async fn phoenix_chan() {
    let quay = quay::start(0).await.expect("the quay starts");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/phoenix-chan/Cargo.toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("phoenix-chan");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["run", "--quiet", "--locked", "--manifest-path"])
        .arg(package);
    cargo
        .arg("--target-dir")
        .arg(target)
        .arg("--")
        .arg(port(&quay).to_string());
    succeeds("phoenix-chan", cargo).await;
    quay.shutdown().await.expect("a clean end");
}

/// Runs a script of `tests/clients` against a quay. Panics with its output if it fails.
async fn python(name: &str) {
    let quay = quay::start(0).await.expect("the quay starts");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let mut python = Command::new(interpreter());
    python
        .arg(name)
        .arg(port(&quay).to_string())
        .current_dir(folder);
    python.env("PYTHONDONTWRITEBYTECODE", "1");
    succeeds(name, python).await;
    quay.shutdown().await.expect("a clean end");
}

fn interpreter() -> PathBuf {
    let python = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .with_file_name("venv")
        .join("bin/python");
    assert!(
        python.is_file(),
        "run `python3 -m venv target/venv` and `target/venv/bin/pip install -r tests/clients/requirements.txt` first"
    );
    python
}
