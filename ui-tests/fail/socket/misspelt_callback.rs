use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handel_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
