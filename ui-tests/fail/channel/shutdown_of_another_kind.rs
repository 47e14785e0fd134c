use landfall::prelude::*;

struct Room;
struct Hall;
struct Shed;

#[socket(channel("room", Room), channel("hall", Hall), channel("shed", Shed))]
impl UserSocket {
    fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct UserSocket;

#[channel(UserSocket, shutdown = never)]
impl Room {
    fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

#[channel(UserSocket, shutdown = 5)]
impl Hall {
    fn join() -> Result<Self, JoinError> {
        Ok(Hall)
    }
}

#[channel(UserSocket, shutdown = secs(0), timeout = secs(5))]
impl Shed {
    fn join() -> Result<Self, JoinError> {
        Ok(Shed)
    }
}

fn main() {}
