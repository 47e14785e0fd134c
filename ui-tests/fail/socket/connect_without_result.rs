use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect() {}

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
