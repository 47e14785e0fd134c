use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

struct Other;

#[channel(UserSocket)]
impl Room {
    async fn join(_id: u64, _socket: &Other) -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
