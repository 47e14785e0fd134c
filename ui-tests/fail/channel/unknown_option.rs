use landfall::prelude::*;

struct Room;

#[channel(log = info)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
