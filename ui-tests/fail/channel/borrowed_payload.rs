use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(#[payload] name: &str) -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
