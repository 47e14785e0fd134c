//! `landfall routes`.

mod common;

use std::{fs, path::PathBuf};

use common::{landfall_in, place, repository, text};

/// A project with these files.
fn project(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = place(test);
    for (file, text) in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    root
}

const EDGE: &str = r#"//! endpoint! { struct NotThis; } – Häfen
use landfall::prelude::*;

endpoint! {
    /// The public face; `socket("/no", No);`
    pub(crate) struct Edge;
    url(host = "localhost", path = "/app");
    force_ssl(hsts = false);
    service(|edge| {
        // Pages.
        Router::new()
            .route("/", get(home))
    });
    socket("/socket/:room", sockets::UserSocket, longpoll(path = "/lp"), log = debug);
    #[cfg(feature = "admin")]
    socket("/admin", AdminSocket, websocket(path = "/ws"));
    socket("/sse", Events, websocket = false, transport = Sse::new());
    dashboard(who_may = operator);
    plug(Health::at("/healthz"));
    live_reload = false;
    fn init(config: Config) -> Result<Config, ConfigError> { socket(); Ok(config) }
    plug(SecureHeaders::new(), );
}

#[cfg(test)]
mod tests {
    endpoint! { struct OfTests; }
}
"#;

const SOCKETS: &str = r#"
#[derive(Debug)]
pub struct UserSocket;

#[socket(
    channel("room:*", Room<u8>, assigns = Kind::Public),
    #[cfg(debug_assertions)]
    channel("debug", Debugging),
)]
impl UserSocket {}

#[landfall::socket(longpoll, websocket(timeout = secs(45)))]
impl AdminSocket {}
"#;

#[test]
fn what_is_declared_is_listed() {
    let files = [("src/edge.rs", EDGE), ("src/sockets/user.rs", SOCKETS)];
    let done = landfall_in(&project("listed", &files), &["routes"]);
    assert!(done.status.success(), "{done:?}");
    let expected = "\
Edge  src/edge.rs:4
  force_ssl    hsts = false
  websocket    /app/socket/:room/websocket  sockets::UserSocket  src/sockets/user.rs:5
  longpoll     /app/socket/:room/lp         sockets::UserSocket  src/sockets/user.rs:5
    channel    room:*                       Room<u8>
    channel    debug                        Debugging  #[cfg(debug_assertions)]
";
    let told = text(&done.stdout);
    let squeezed = |text: &str| {
        let lines = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.collect::<Vec<_>>()
    };
    let (told_lines, expected) = (squeezed(&told), squeezed(expected));
    assert_eq!(told_lines[..expected.len()], expected, "{told}");
    assert_eq!(
        told_lines[expected.len()..],
        [
            "websocket /app/admin/ws AdminSocket #[cfg(feature = \"admin\")] src/sockets/user.rs:12",
            "longpoll /app/admin/longpoll AdminSocket #[cfg(feature = \"admin\")] src/sockets/user.rs:12",
            "transport /app/sse Events",
            "dashboard /app/dashboard",
            "plug Health::at(\"/healthz\")",
            "plug SecureHeaders::new()",
            "service |edge| { Router::new().route(\"/\", get(home)) }",
        ],
        "{told}"
    );
}

/// The endpoints of the repository's examples, which compile.
#[test]
fn examples_are_listed() {
    let done = landfall_in(&repository(), &["routes", "examples"]);
    let told = text(&done.stdout);
    assert!(done.status.success(), "{done:?}");
    for line in [
        "/socket/longpoll",
        "/rt/echo/websocket",
        "room:*",
        "board:*",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
}

#[test]
fn what_cannot_be_listed_is_told() {
    let none = project("none", &[("src/main.rs", "fn main() {}")]);
    let done = landfall_in(&none, &["routes"]);
    assert_eq!(done.status.code(), Some(1));
    let error = text(&done.stderr);
    assert!(
        error.starts_with("error: no source below `src` has an `endpoint! { .. }`; help: "),
        "{error}"
    );
    let wrong = project("wrong", &[("src/main.rs", "\nendpoint! { struct Edge; ")]);
    let error = text(&landfall_in(&wrong, &["routes"]).stderr);
    assert!(error.starts_with("error: `src/main.rs:"), "{error}");
    let gone = landfall_in(&none, &["routes", "gone"]);
    assert_eq!(gone.status.code(), Some(1), "{gone:?}");
}
