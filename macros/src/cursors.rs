//! What editors are told while somebody types: at the cursor stands the same with a name and without
//! one. Where they differ, an editor completes nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use proc_macro2::TokenStream;
use quote::quote;

use crate::{endpoint, socket};

/// Where the cursor stands in a text.
const CURSOR: char = '‸';

/// What rust-analyzer puts at the cursor.
const TYPED: &str = "intellijRulezz";

/// What stands at the cursor where nothing is typed.
const NOTHING: &str = "a";

/// Both expansions up to the cursor, and what stands there.
fn compare(text: &str, expand: impl Fn(TokenStream) -> TokenStream) -> Result<String, String> {
    let expansion = |name: &str| {
        let text = text.replace(CURSOR, name);
        expand(text.parse().unwrap()).to_string()
    };
    let (before, after) = (expansion(""), expansion(TYPED));
    let at = after.find(TYPED).ok_or("the name is lost")?;
    let beginning = after.get(..at).unwrap();
    let found = before.strip_prefix(beginning);
    let found = found.ok_or("they differ before the cursor")?;
    let end = after.get(at + TYPED.len()..).unwrap();
    // Up to the end of the statement: what follows may repeat the name.
    let hidden = end.split_once(" ;").map_or(end, |(hidden, _)| hidden);
    match found.strip_prefix(NOTHING) {
        Some(rest) if rest.starts_with(hidden) => Ok(beginning.to_owned()),
        _ => Err(format!("{found} | {end}")),
    }
}

/// The struct or module of which the name at the cursor is a part.
fn offered(beginning: &str) -> &str {
    let within = beginning.trim_end().trim_end_matches(['{', ':']).trim_end();
    within.rsplit(' ').next().unwrap()
}

#[test]
fn an_empty_place_of_a_declaration_has_a_name() {
    const SOCKET: &str = "socket(\"/a\", A, ";
    for (statements, offers) in [
        ("url(‸);", "Url"),
        ("force_ssl(rewrite_on = [‸]);", "words"),
        ("rewrite_on = [‸];", "words"),
        ("#SOCKET websocket(‸));", "WebSocket"),
        ("#SOCKET websocket(connect_info = [‸]));", "ConnectInfo"),
        ("#SOCKET longpoll(connect_info = [‸]));", "ConnectInfo"),
        ("#SOCKET websocket(outbox(‸)));", "OutboxOptions"),
        // The parenthesis is still open: an editor closes it at the end.
        ("url(‸ http(port = 4000); plug(layer());)", "Url"),
        ("url(‸)", "Url"),
        ("#SOCKET websocket(‸ plug(layer());))", "WebSocket"),
        (
            "#SOCKET websocket(‸ socket(\"/b\", B); plug(layer());))",
            "WebSocket",
        ),
        (
            "#SOCKET websocket(‸ fn init(config: Config) -> Config { config }))",
            "WebSocket",
        ),
        (
            "#SOCKET websocket(‸ fn init(config: Config) -> Config { config } plug(layer());))",
            "WebSocket",
        ),
        ("url(‸ fn init(config: Config) -> Config { config })", "Url"),
        (
            "#SOCKET websocket(outbox(‸ plug(layer());)))",
            "OutboxOptions",
        ),
        ("#SOCKET websocket(‸))", "WebSocket"),
        (
            "#SOCKET websocket(connect_info = [‸] plug(layer());))",
            "ConnectInfo",
        ),
    ] {
        let text = format!("pub struct Web; {}", statements.replace("#SOCKET", SOCKET));
        let found = compare(&text, endpoint::run);
        let found = found.as_deref().map(offered);
        assert_eq!(found, Ok(offers), "{text}");
    }
}

#[test]
fn an_empty_place_of_a_socket_has_a_name() {
    let block = quote! {
        impl Room {
            async fn connect() -> Result<Self, Refused> {
                Ok(Room)
            }
            async fn handle_in(&mut self, message: Message, out: &mut Outbox) {}
        }
    };
    let with_channels = quote! {
        impl Room {
            async fn connect() -> Result<Self, Refused> {
                Ok(Room)
            }
        }
    };
    for (options, block, offers) in [
        ("websocket(‸)", &block, "WebSocket"),
        (
            "websocket(compress = true), longpoll(‸)",
            &block,
            "LongPoll",
        ),
        ("websocket(connect_info = [‸])", &block, "ConnectInfo"),
        ("websocket(outbox(‸)), log = debug", &block, "OutboxOptions"),
        ("drainer(‸)", &block, "DrainerOptions"),
        (
            "channel(\"a:*\", A), websocket(‸)",
            &with_channels,
            "WebSocket",
        ),
    ] {
        let found = compare(options, |options| socket::run(options, block.clone()));
        let found = found.as_deref().map(offered);
        assert_eq!(found, Ok(offers), "{options}");
    }
}

#[test]
fn nothing_is_told_where_everything_is_typed() {
    for statements in [
        "url(host = \"a.com\");",
        "check_origin = [\"//a.com\"];",
        "socket(\"/a\", A);",
    ] {
        let text = format!("pub struct Web; {statements}");
        let expansion = endpoint::run(text.parse().unwrap()).to_string();
        assert!(!expansion.contains("rust_analyzer"), "{text}");
    }
}
