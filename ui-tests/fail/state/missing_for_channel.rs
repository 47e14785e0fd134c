use landfall::prelude::*;

pub struct App;

#[derive(Clone)]
pub struct Pool;

pub struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

pub struct Room;

#[channel(UserSocket)]
impl Room {
    fn join(#[state] _pool: Pool) -> Self {
        Room
    }
}

endpoint! {
    struct Web;
    state = App;
    socket("/a", UserSocket);
}

fn main() {}
