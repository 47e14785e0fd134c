use std::rc::Rc;

use landfall::{channel::*, prelude::*};

struct UserSocket {
    name: Rc<String>,
}

#[socket(channel("room:*", Room), channel("lobby", Lobby))]
impl UserSocket {
    async fn connect(#[param] name: String) -> Result<Self, Refused> {
        later().await;
        Ok(UserSocket { name: Rc::new(name) })
    }

    fn id(&self) -> Option<String> {
        Some(self.name.to_string())
    }
}

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(socket: &UserSocket) -> Result<Self, JoinError> {
        later().await;
        drop(socket.name.clone());
        Ok(Room)
    }

    #[handle_in("say")]
    async fn say(&mut self) {
        later().await;
    }
}

struct Lobby;

#[channel(UserSocket)]
impl Lobby {
    fn join() -> Self {
        Lobby
    }
}

async fn later() {}

landfall::endpoint! {
    pub struct Web;

    socket("/socket", UserSocket);
}

fn main() {}
