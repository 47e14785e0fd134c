use landfall::{channel::Channel, prelude::*};
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Channel for Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
