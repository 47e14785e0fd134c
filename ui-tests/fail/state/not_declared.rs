use landfall::prelude::*;

#[derive(Clone)]
pub struct Pool;

pub struct Room;

#[socket]
impl Room {
    fn connect(#[state] _pool: Pool) -> Result<Self, Refused> {
        Ok(Room)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

endpoint! {
    struct Web;
    socket("/a", Room);
}

fn main() {}
