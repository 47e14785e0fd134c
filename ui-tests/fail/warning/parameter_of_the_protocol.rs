#![deny(deprecated)]

use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    fn connect(#[param] vsn: String, #[param(name = "_csrf_token")] token: String) -> Result<Self, Refused> {
        drop((vsn, token));
        Ok(Room)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
