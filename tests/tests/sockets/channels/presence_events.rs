//! Presence under other names of events.

use landfall::{
    Builder,
    prelude::*,
    presence::{Options, Tracked},
    testing,
};
use serde_json::{Value, json};

endpoint! {
    struct Web;
    socket("/socket", UserSocket);
}

struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

struct Room {
    _me: Tracked,
}

#[channel(UserSocket)]
impl Room {
    async fn join(#[payload] name: String, join: Join<Self>) -> Result<Self, JoinError> {
        let me = join.track(&name, json!({}))?;
        Ok(Room { _me: me })
    }

    async fn joined(&mut self, out: &mut Outlet) {
        out.push_presence().await;
    }
}

fn crew() -> Builder<Web> {
    Web::builder().presence_with(Options::new().events("crew", "crew_diff"))
}

#[tokio::test(start_paused = true)]
async fn clients_are_told_by_the_names_that_they_know() {
    let site = testing::start_builder(crew()).await;
    let client = site.connect("/socket").await.expect("a connection");
    let mut room = client.join("room:1", "ann").await.expect("a channel");
    let crew = room.expect("crew").await.parse::<Value>();
    assert!(crew["ann"]["metas"].is_array(), "{crew}");
    let bob = site.connect("/socket").await.expect("a connection");
    let bobs = bob.join("room:1", "bob").await.expect("a channel");
    loop {
        let diff = room.expect("crew_diff").await.parse::<Value>();
        if diff["joins"]["bob"].is_object() {
            break;
        }
    }
    room.expect_no("presence_state").await;
    room.expect_no("presence_diff").await;
    drop(bobs);
}
