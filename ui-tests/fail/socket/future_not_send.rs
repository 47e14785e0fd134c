use std::rc::Rc;

use landfall::{prelude::*, socket::Draining};

struct Room;

#[socket]
impl Room {
    async fn connect(#[param] name: String) -> Result<Self, Refused> {
        let kept = Rc::new(name);
        later().await;
        drop(kept);
        Ok(Room)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        let kept = Rc::new(message);
        later().await;
        out.push(Message::clone(&kept));
    }

    async fn drain(_: Draining) {
        let kept = Rc::new(());
        later().await;
        drop(kept);
    }
}

struct Of<T>(Vec<T>);

#[socket]
impl<T: Send + 'static> Of<T> {
    async fn connect() -> Result<Self, Refused> {
        Ok(Of(Vec::new()))
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {
        let first = self.0.first();
        later().await;
        drop(first);
    }
}

async fn later() {}

fn main() {}
