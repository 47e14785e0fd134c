//! Chat rooms for browsers: channels and presence, with Phoenix's own client (`phoenix` of npm).
//!
//! ```text
//! cargo run --example chat
//! ```
//!
//! Then open <http://localhost:4000> in two windows. `PORT` chooses another port. If a network
//! blocks WebSocket, the client uses longpoll: try it with
//! <http://localhost:4000/?transport=longpoll>. `examples/cluster.rs` runs it on three nodes.

use std::convert::Infallible;

use http::{HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE};
use landfall::{
    assets::Static, prelude::*, presence::Tracked, security::SecureHeaders, static_path,
    transport::unguessable_name,
};
use serde::Deserialize;
use serde_json::json;

endpoint! {
    /// The endpoint of the chat.
    struct Chat;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));

    // The socket accepts pages from its own address, by whichever name the browser uses for this
    // machine.
    check_origin = conn;

    // Longpoll signs its tokens with it. Each start has a new secret, since nothing outlives the
    // process.
    secret_key_base = [(); 3].map(|()| unguessable_name()).concat();

    socket(
        "/socket",
        UserSocket,
        websocket(max_frame_size = 8192, compress = true),
        // A request may bring several messages.
        longpoll(max_body_size = 65_536),
    );

    plug(SecureHeaders::new());
    plug(
        Static::new(concat!(env!("CARGO_MANIFEST_DIR"), "/chat"))
            .only(["app.js", "phoenix.js", "style.css"])
            .never_cached(cfg!(debug_assertions))
    );
    service(tower::service_fn(page));
}

/// The page, with the paths of its files. They are digested ones after `landfall digest` has run
/// and `cache_static_manifest` is set to its manifest.
pub(crate) async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut response = Response::default();
    if request.uri().path() != "/" {
        *response.status_mut() = StatusCode::NOT_FOUND;
        return Ok(response);
    }
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    let page = include_str!("chat/index.html")
        .replace("{style}", static_path!(Chat, "/style.css"))
        .replace("{phoenix}", static_path!(Chat, "/phoenix.js"))
        .replace("{app}", static_path!(Chat, "/app.js"));
    *response.body_mut() = page.into();
    Ok(response)
}

/// A browser window: one connection, and a channel for each room that it is in.
pub(crate) struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    /// Everybody may connect. A real application checks a token here: `#[param] token: String`.
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

/// A window in a room.
struct Room {
    /// Shows the others that somebody is here. It ends with the channel, even if that panics.
    me: Tracked,
}

/// What a client sends to join.
#[derive(Deserialize)]
struct Visitor {
    name: String,
}

/// What a client sends to say something.
#[derive(Deserialize)]
struct Say {
    text: String,
}

/// What a client sends when its user begins or stops typing.
#[derive(Deserialize)]
struct Typing {
    typing: bool,
}

#[channel(UserSocket)]
impl Room {
    async fn join(
        #[rest] room: &str,
        #[payload] visitor: Visitor,
        join: Join<Self>,
    ) -> Result<Self, JoinError> {
        bounded("the name of a room", room, 40)?;
        let name = bounded("a name", &visitor.name, 40)?;
        let me = join
            .track(name, json!({ "typing": false }))
            .map_err(|_| JoinError::because("nobody can have this name"))?;
        Ok(Room { me })
    }

    /// Runs after the client has been told that it has joined: sends it everybody who is here.
    async fn joined(&mut self, out: &mut Outlet) {
        out.push_presence().await;
    }

    #[handle_in("say")]
    async fn say(&mut self, say: Say, out: &mut Outlet) -> Result<Reply, Reply> {
        let text = bounded("a message", &say.text, 1000)?;
        out.broadcast("said", json!({ "who": self.me.key(), "text": text }))?;
        Ok(Reply::ok(Payload::EMPTY))
    }

    #[handle_in("typing")]
    async fn typing(&mut self, Typing { typing }: Typing) -> Result<(), Reply> {
        self.me.update(json!({ "typing": typing }))?;
        Ok(())
    }
}

/// The reason that a text is refused, which the visitor is told.
struct Unfit(String);

impl From<Unfit> for JoinError {
    fn from(Unfit(reason): Unfit) -> Self {
        JoinError::because(reason)
    }
}

impl From<Unfit> for Reply {
    fn from(Unfit(reason): Unfit) -> Self {
        Reply::because(reason)
    }
}

/// The text without the spaces around it, of at most `most` characters.
fn bounded<'a>(what: &str, text: &'a str, most: usize) -> Result<&'a str, Unfit> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Unfit(format!("{what} cannot be empty"))),
        length if length > most => Err(Unfit(format!("{what} has at most {most} characters"))),
        _ => Ok(text),
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt::init();
    Chat::start().await?.wait_for_signal().await
}
