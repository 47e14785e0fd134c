#![deny(deprecated)]

use landfall::{prelude::*, message::Control};

struct Room;

#[socket]
impl Room {
    fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}

    fn handle_control(&mut self, _: Control, _: &mut Outbox) {}
}

endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", Room, websocket = false, longpoll);
    socket("/b", Room, longpoll);
}

fn main() {}
