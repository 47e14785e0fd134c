use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}

    async fn handle_info(&mut self, _: &str, _: &mut Outbox) {}
}

fn main() {}
