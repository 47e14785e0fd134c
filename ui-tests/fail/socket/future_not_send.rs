use std::rc::Rc;

use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    async fn connect() -> Result<Self, Refused> {
        Ok(Room)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        let kept = Rc::new(message);
        later().await;
        out.push(Message::clone(&kept));
    }
}

async fn later() {}

fn main() {}
