use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect(#[info] session: Option<String>) -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
