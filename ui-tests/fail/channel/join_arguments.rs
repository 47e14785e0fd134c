use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(
        #[rest] #[payload] a: u8,
        #[rest] b: u8,
        #[topic(name = "x")] c: &str,
        #[assigns] d: u8,
        #[topic] e: &[u8],
        #[payload] f: &str,
        #[param] token: String,
        #[info] uri: RequestUri,
    ) -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
