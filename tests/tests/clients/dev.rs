//! `landfall dev` in Chromium: through changes, mistakes and back.

use std::{fs, path::Path};

use crate::{example::build, node::script};

/// A project of its own, which the script changes.
const MANIFEST: &str = r#"[package]
name = "tide"
version = "0.0.0"
edition = "2024"

[dependencies]
http = "1"
landfall = { path = "RUNTIME", features = ["live-reload"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
tower = { version = "0.5", features = ["util"] }

[workspace]
"#;

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn a_program_follows_its_sources_in_a_browser() {
    let landfall = build("landfall", &["--package", "landfall-cli"]).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dev-chromium");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(place.join("src")).expect("a directory");
    let runtime = root.join("runtime").canonicalize().expect("a path");
    let manifest = MANIFEST.replace("RUNTIME", runtime.to_str().expect("a path in UTF-8"));
    fs::write(place.join("Cargo.toml"), manifest).expect("a manifest");
    // What is built already is not built again.
    fs::copy(root.join("Cargo.lock"), place.join("Cargo.lock")).expect("the versions");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    let target = target.canonicalize().expect("a path");
    let paths = [&landfall, &place, &target].map(|path| path.to_str().expect("a path in UTF-8"));
    script("dev.mjs", &[paths[0], paths[1], paths[2], env!("CARGO")]).await;
}
