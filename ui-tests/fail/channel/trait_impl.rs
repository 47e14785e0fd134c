use landfall::prelude::*;

struct Room;

#[channel(landfall_ui_tests::UserSocket)]
impl landfall::channel::Channel for Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
