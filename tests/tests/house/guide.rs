//! What the guide shows besides Rust: configuration files are read by an endpoint. Those of other
//! programs are read by these in `deploying`. Blocks of Rust are documentation tests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use landfall::{config::Scheme, endpoint, prelude::*};
use landfall_tests::chapter;

endpoint! {
    /// As the chapters declare it, as far as a file can change it.
    struct Board;

    http(port = 4000);
    pubsub(redis(url = "redis://127.0.0.1:6379"));
    extra(mailer(from = "nobody", retries = 0));
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src")
}

/// A file of the test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("guide-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_configuration_that_is_shown_whole_is_right() {
    let [whole, top] = &chapter::blocks("guide/endpoint", "toml")[..] else {
        panic!("two blocks of TOML");
    };
    let path = file("board.toml", &format!("{top}\n{whole}"));
    let config = Board::builder().file(&path).resolve().unwrap();
    assert_eq!(config.url.host, "board.example.com");
    assert_eq!(config.url.scheme, Some(Scheme::Https));
    let http = config.http.as_ref().unwrap();
    assert_eq!(http.max_connections_per_ip, Some(200));
    assert_eq!(http.header_timeout.as_secs(), 10);
    assert!(config.listens() && config.reload_on_sighup && !config.log_access_url);
    let mailer: serde_json::Value = config.extra("mailer").unwrap();
    assert_eq!(mailer["retries"], 3);

    let first = &chapter::blocks("guide/getting_started", "toml")[1];
    let path = file("first.toml", first);
    let config = Board::builder().file(&path).resolve().unwrap();
    assert_eq!(config.http.as_ref().unwrap().port, 8000);
}

/// The chapters are the files, each is a page, and the index lists it.
#[test]
fn all_chapters_are_pages_and_in_the_index() {
    let files = fs::read_dir(docs().join("docs/guide")).unwrap();
    let mut files: BTreeSet<String> = files
        .map(|file| {
            file.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(files.remove("index"));
    let code = fs::read_to_string(docs().join("guide/mod.rs")).unwrap();
    let pages = code
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(" {}"));
    assert_eq!(pages.map(str::to_owned).collect::<BTreeSet<_>>(), files);
    let index = chapter::text("guide/index");
    for name in &files {
        let linked = [format!("]({name})"), format!("](mod@{name})")];
        assert!(linked.iter().any(|link| index.contains(link)), "{name}");
    }
}
