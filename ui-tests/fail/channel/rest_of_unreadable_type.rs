use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

struct Id;

#[channel(UserSocket)]
impl Room {
    async fn join(#[rest] _: Id) -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
