use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(#[rest] #[rest] a: u8, #[topic] b: String, #[topic] c: String) -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
