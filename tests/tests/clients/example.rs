//! The examples, as programs.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tokio::process::Command;

use crate::node::script;

/// Builds an example as the README says, and finds the program.
pub(crate) async fn example(name: &str) -> PathBuf {
    build(name, &["--example", name]).await
}

/// Builds what cargo is told to, and finds the program of this name.
pub(crate) async fn build(name: &str, what: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--message-format=json"])
        .args(what)
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
#[ignore = "needs redis-server and Node, and `npm ci` in tests/clients"]
async fn three_nodes_of_the_chat() {
    let cluster = example("cluster").await;
    script("cluster.mjs", &[cluster.to_str().expect("a path in UTF-8")]).await;
}
