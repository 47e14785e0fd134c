use landfall::{prelude::*, socket::RequestUri};

struct Room;

#[socket]
impl Room {
    async fn connect(#[param] #[info] uri: RequestUri) -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
