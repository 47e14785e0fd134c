use landfall::{prelude::*, socket::RequestUri};
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(
        #[rest] #[assigns] a: u8,
        #[payload(name = "x")] c: u8,
        #[assigns] d: u8,
        #[topic] e: &[u8],
        #[param] token: String,
        #[info] uri: RequestUri,
    ) -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
