//! Chat rooms for browsers: a page, its static files, and a socket for each visitor.
//!
//! ```text
//! cargo run --example chat
//! ```
//!
//! Then open <http://127.0.0.1:4000> in two windows. `PORT` chooses another port. Where a network lets no WebSocket
//! through, the page uses longpoll: try it with <http://127.0.0.1:4000/?transport=longpoll>.

use landfall::{Handle, prelude::*, pubsub::Payload, transport::unguessable_name};
use serde_json::json;
use tower_http::services::ServeDir;

endpoint! {
    /// The public face of the chat.
    struct Chat;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));

    // The page and the socket come from the same address, whichever of this machine's names the browser uses.
    check_origin = conn;

    // Longpoll signs with it. Nothing of a chat outlives it: each start has its own.
    secret_key_base = [(); 3].map(|()| unguessable_name()).concat();

    socket(
        "/rooms/:room",
        Visitor,
        // A browser sends nothing by itself: asked by a ping, it shows that it is still there.
        websocket(max_frame_size = 4096, compress = true, ping = secs(25)),
        longpoll(max_body_size = 4096),
    );
    service(ServeDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/chat")));
}

/// A browser window in a room.
struct Visitor {
    topic: String,
    name: String,
    chat: Handle,
}

#[socket]
impl Visitor {
    async fn connect(
        #[param] room: String,
        #[param(default = "somebody".to_owned())] name: String,
        chat: Handle,
    ) -> Result<Self, Refused> {
        if room.len() > 40 || name.len() > 40 {
            return Err(Refused::because("names have at most 40 bytes"));
        }
        Ok(Visitor { topic: format!("room:{room}"), name, chat })
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.subscribe(&self.topic);
        self.tell("joined", "");
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let Some(text) = message.as_text() else {
            return Flow::close(1003, "only text");
        };
        let said = Payload::from(json!({ "what": "said", "who": self.name, "text": text }));
        match out.broadcast(&self.topic, "said", said) {
            Ok(()) => Flow::Continue,
            Err(overloaded) => Flow::close(1013, overloaded.to_string()),
        }
    }

    fn terminate(self, _reason: Reason) {
        self.tell("left", "");
    }

    fn tell(&self, what: &str, text: &str) {
        let event = json!({ "what": what, "who": self.name, "text": text });
        // When more waits for delivery than may, a note of who came and went is the first thing to do without.
        let _ = self.chat.broadcast(&self.topic, what, event);
    }
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt::init();
    Chat::start().await?.wait_for_signal().await
}
