use landfall::prelude::*;

struct Room;

#[channel(landfall_ui_tests::UserSocket, AdminSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
