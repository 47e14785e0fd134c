use landfall::prelude::*;

struct Room<'a>(&'a str);

#[socket]
impl<'a> Room<'a> {
    async fn connect() -> Result<Self, Refused> {
        Ok(Room(""))
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
