use landfall::prelude::*;

struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Info;

pub struct Room;

#[channel(UserSocket)]
impl Room {
    fn join() -> Self {
        Room
    }

    fn handle_info(&mut self, _: Info, _: &mut Outlet) {}
}

fn main() {}
