use landfall::prelude::*;

struct Room;

#[channel]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
