use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket, AdminSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
