use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

struct Other;

#[channel(UserSocket)]
impl Room {
    async fn join(id: u64, socket: &Other) -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
