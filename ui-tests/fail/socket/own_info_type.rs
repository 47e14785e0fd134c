use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    type Info = u8;

    async fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
