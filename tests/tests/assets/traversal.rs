//! Paths that try to lead out of the directory, as bytes on a socket.

use std::path::PathBuf;

use landfall::{Endpoint, assets::Static, config::Scheme, endpoint, endpoint::Address};
use landfall_tests::wire::{Connection, Request};

use crate::tree::Tree;

/// Ways to write `..`, and segments that resemble it.
const UP: [&str; 14] = [
    "..",
    "%2e%2e",
    "%2E.",
    ".%2e",
    "%252e%252e",
    "..%00",
    "...",
    "..;",
    "%c0%ae%c0%ae",
    "%uff0e%uff0e",
    "..%20",
    ".%00.",
    "..:",
    "\u{2024}\u{2024}",
];
const SEPARATORS: [&str; 5] = ["/", "%2f", "\\", "%5c", "//"];
const STARTS: [&str; 3] = ["/", "/dir/", "//"];

endpoint! {
    struct Files;

    state = PathBuf;
    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    plug(|edge| Static::new(edge.state()));
}

#[tokio::test]
async fn no_path_leads_out_of_the_directory() {
    let tree = Tree::of([
        ("secret", "SECRET"),
        ("root/dir/file", "inside"),
        ("root/file", "inside"),
    ]);
    let root = tree.path().join("root");
    let files = Files::builder_with(root.clone()).start().await.unwrap();
    let Ok(Address::Tcp(address)) = files.server_info(Scheme::Http) else {
        panic!("it listens")
    };
    let ask = async |target: &str| {
        // If hyper refuses a request, it ends the connection.
        let mut connection = Connection::open(address).await.unwrap();
        connection.request(&Request::get(target)).await.unwrap()
    };
    assert_eq!(
        (ask("/file").await.body, ask("/%64ir/fil%65").await.body),
        ("inside".into(), "inside".into())
    );
    let absolute = [
        tree.path().join("secret").display().to_string(),
        format!("/{}", root.display()),
    ];
    assert_eq!(attempts().count(), 210);
    for target in attempts().chain(absolute) {
        let answer = ask(&target).await;
        assert!(matches!(answer.status, 400 | 404), "{target}: {answer:?}");
        assert!(!answer.body.contains("SECRET"), "{target}: {answer:?}");
    }
    files.shutdown().await.unwrap();
}

/// Targets that lead to the secret beside the root if they are not refused.
fn attempts() -> impl Iterator<Item = String> {
    let pairs = STARTS
        .iter()
        .flat_map(|start| UP.iter().map(move |up| (start, up)));
    pairs.flat_map(|(start, up)| {
        SEPARATORS.iter().map(move |separator| {
            let ups = if *start == "/dir/" { 2 } else { 1 };
            format!("{start}{}secret", format!("{up}{separator}").repeat(ups))
        })
    })
}
