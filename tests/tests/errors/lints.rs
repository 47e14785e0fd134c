//! The contract decides the shape of methods. These lints object to it. The macros allow them.

#![deny(clippy::pedantic)]

use landfall::{prelude::*, testing};
use serde_json::json;

endpoint! {
    #[derive(Debug)]
    struct Strict;

    socket("/raw", Raw);
    socket("/socket", Members);
}

struct Raw;

#[socket]
impl Raw {
    async fn connect(#[param] name: Option<String>) -> Result<Self, Refused> {
        drop(name);
        Ok(Raw)
    }

    async fn handle_in(
        &mut self,
        message: Message,
        out: &mut Outbox,
    ) -> Result<(), BroadcastError> {
        out.push(message);
        Ok(())
    }

    fn terminate(self, _reason: Reason) {}
}

struct Members;

#[socket(channel("room:*", Room))]
impl Members {
    async fn connect() -> Result<Self, Refused> {
        Ok(Members)
    }
}

struct Room;

#[channel(Members)]
impl Room {
    async fn join(#[rest] id: String) -> Result<Self, JoinError> {
        assert!(!id.is_empty(), "a room has a name");
        Ok(Room)
    }

    #[handle_in("length")]
    async fn length(&mut self, text: String) -> Result<Reply, Reply> {
        Ok(Reply::ok(json!({ "length": text.len() })))
    }
}

#[tokio::test(start_paused = true)]
async fn what_pedants_write_works() {
    let site = testing::start::<Strict>().await;
    let mut raw = site.raw("/raw").await.expect("a connection");
    raw.send("ahoy");
    raw.expect("ahoy").await;
    let client = site.connect("/socket").await.expect("a connection");
    let room = client.join("room:7", json!({})).await.expect("a channel");
    let reply: serde_json::Value = room.push("length", "ahoy").await.ok();
    assert_eq!(reply, json!({"length": 4}));
}
