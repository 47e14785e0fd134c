//! A window in a room: who is here, and what they say.

use landfall::{prelude::*, presence::Tracked};
use serde::Deserialize;
use serde_json::json;

use crate::user_socket::UserSocket;

pub(crate) struct Room {
    /// Shows the others that somebody is here, until the channel ends.
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

#[channel(UserSocket)]
impl Room {
    async fn join(#[payload] visitor: Visitor, join: Join<Self>) -> Result<Self, JoinError> {
        let name = fit(&visitor.name, 40)
            .ok_or_else(|| JoinError::because("a name has 1 to 40 characters"))?;
        Ok(Room {
            me: join.track(name, json!({}))?,
        })
    }

    /// Runs once the client has been told that it has joined.
    async fn joined(&mut self, out: &mut Outlet) {
        out.push_presence().await;
    }

    #[handle_in("say")]
    async fn say(&mut self, say: Say, out: &mut Outlet) -> Result<Reply, Reply> {
        let text = fit(&say.text, 500)
            .ok_or_else(|| Reply::because("a message has 1 to 500 characters"))?;
        out.broadcast("said", json!({ "by": self.me.key(), "text": text }))?;
        Ok(Reply::ok(Payload::EMPTY))
    }
}

/// The text without the spaces around it, if it has 1 to `most` characters.
fn fit(text: &str, most: usize) -> Option<&str> {
    let text = text.trim();
    (1..=most).contains(&text.chars().count()).then_some(text)
}
