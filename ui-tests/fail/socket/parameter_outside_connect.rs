use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, #[param] _: Message, _: &mut Outbox) {}
}

fn main() {}
