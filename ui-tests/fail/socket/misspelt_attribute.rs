use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect(#[parm] id: u32) -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
