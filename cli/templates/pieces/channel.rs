//! A channel: one client on one topic such as `game:1`.

use landfall::prelude::*;
use serde_json::{Value, json};

use {socket};

pub(crate) struct Game {
    /// What follows `game:` in the topic.
    id: String,
}

#[channel(UserSocket)]
impl Game {
    /// Decides whether the client may be here. `#[payload]` takes what it sends along.
    async fn join(#[rest] id: &str) -> Result<Self, JoinError> {
        Ok(Game { id: id.to_owned() })
    }

    /// The client asks, and is answered.
    #[handle_in("ping")]
    async fn ping(&mut self) -> Reply {
        Reply::ok(json!({ "id": self.id }))
    }

    /// What one client says, all on the topic hear.
    #[handle_in("shout")]
    async fn shout(&mut self, said: Value, out: &mut Outlet) -> Result<(), BroadcastError> {
        out.broadcast("shout", said)
    }
}

#[cfg(test)]
mod tests {
    use landfall::testing;
    use serde_json::{Value, json};

    use super::Game;

    #[tokio::test]
    async fn all_hear_a_shout() {
        let mut channel = Game { id: "1".to_owned() };
        let mut out = testing::outlet("game:1");
        channel.shout(json!({"ahoy": 1}), &mut out).await.unwrap();
        let told = out.take_broadcasts();
        assert_eq!(told[0].event(), "shout");
        let said: Value = told[0].payload().parse().unwrap();
        assert_eq!(said, json!({"ahoy": 1}));
    }
}
