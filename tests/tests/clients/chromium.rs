//! Chromium: its own WebSocket, and the examples that have pages.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tokio::process::Command;

use crate::{node::script, site};

/// Builds an example as the README says, and finds the program.
async fn example(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--example", name, "--message-format=json"])
        .current_dir(root);
    let output = cargo
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .await
        .expect("cargo starts");
    assert!(output.status.success(), "`{name}` does not build");
    let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let mut programs = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == name)
            .then(|| message["executable"].as_str().map(PathBuf::from))?
    });
    programs.next().expect("cargo names the program")
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn the_examples_in_a_browser() {
    let (chat, custom_transport) = (example("chat").await, example("custom_transport").await);
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("chat.png");
    let args =
        [&chat, &custom_transport, &picture].map(|path| path.to_str().expect("a path in UTF-8"));
    script("browser.mjs", &args).await;
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn the_page_for_developers() {
    let errors = example("errors").await;
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("errors");
    let args = [&errors, &pictures].map(|path| path.to_str().expect("a path in UTF-8"));
    script("errors.mjs", &args).await;
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn websocket() {
    let site = site::start().await;
    script("websocket.mjs", &[&site.port.to_string()]).await;
}
