//! What the guide shows besides Rust: configuration files are read by an endpoint, those of other
//! programs by these. Blocks of Rust are documentation tests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use landfall::{config::Scheme, endpoint, prelude::*};

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

fn chapter(name: &str) -> String {
    fs::read_to_string(docs().join(format!("docs/guide/{name}.md"))).unwrap()
}

/// All blocks of a chapter in this language.
fn blocks(name: &str, language: &str) -> Vec<String> {
    let begin = format!("\n```{language}\n");
    let text = chapter(name);
    let blocks = text.split(&begin).skip(1);
    let blocks: Vec<_> = blocks
        .map(|block| block.split("\n```").next().unwrap().to_owned() + "\n")
        .collect();
    assert!(!blocks.is_empty(), "{name} has a block of {language}");
    blocks
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

/// Runs a program, which has to be content.
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{program}: {said}");
    said
}

#[test]
fn the_configuration_that_is_shown_whole_is_right() {
    let [whole, top] = &blocks("endpoint", "toml")[..] else {
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

    let first = &blocks("getting_started", "toml")[1];
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
    let index = chapter("index");
    for name in &files {
        let linked = [format!("]({name})"), format!("](mod@{name})")];
        assert!(linked.iter().any(|link| index.contains(link)), "{name}");
    }
}

#[test]
#[ignore = "needs nginx"]
fn nginx_reads_what_is_shown() {
    // A check opens the listeners: this one is nobody else's.
    let socket = file("nginx.sock", "");
    fs::remove_file(&socket).unwrap();
    let listen = format!("listen unix:{};", socket.display());
    let config = blocks("deploying", "nginx")[0].replace("listen 80;", &listen);
    let path = file("nginx.conf", &config);
    let globals = "pid /dev/null; error_log stderr;";
    run(
        "nginx",
        &["-t", "-c", path.to_str().unwrap(), "-g", globals],
    );
}

#[test]
#[ignore = "needs HAProxy"]
fn haproxy_reads_what_is_shown() {
    let path = file("haproxy.cfg", &blocks("deploying", "haproxy")[0]);
    run("haproxy", &["-c", "-f", path.to_str().unwrap()]);
}
