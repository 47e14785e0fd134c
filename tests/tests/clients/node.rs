//! Node's `ws`.

use std::{path::Path, process::Stdio};

use tokio::process::Command;

use crate::site;

/// Runs a script of `tests/clients`. Panics with its output if it fails.
pub(crate) async fn script(name: &str, args: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    assert!(
        folder.join("node_modules").is_dir(),
        "run `npm ci` in tests/clients first"
    );
    let mut node = Command::new("node");
    node.arg(name).args(args).current_dir(folder);
    succeeds(name, node).await;
}

/// Runs a program. Panics with its output if it fails.
pub(crate) async fn succeeds(name: &str, mut program: Command) {
    let output = program
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("the program starts");
    let said = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat();
    assert!(
        output.status.success(),
        "{name} ended with {}:\n{said}",
        output.status
    );
}

#[tokio::test]
#[ignore = "needs Node, and `npm ci` in tests/clients"]
async fn ws() {
    let site = site::start().await;
    script("ws.mjs", &[&site.port.to_string()]).await;
}
