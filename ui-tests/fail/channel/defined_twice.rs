use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
