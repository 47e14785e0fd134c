use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, _: Message) {}

    async fn terminate(&mut self, _: Reason) {}
}

fn main() {}
