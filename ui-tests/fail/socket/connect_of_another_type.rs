use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect() -> Option<Self> {
        None
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct Hall;

#[socket]
impl Hall {
    async fn connect() -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Hall)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
