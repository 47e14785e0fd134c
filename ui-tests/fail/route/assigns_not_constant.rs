use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby, assigns = String::from("a")), channel("room", Lobby, assigns = kind()))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Lobby;

#[channel(UserSocket)]
impl Lobby {
    fn join() -> Self {
        Lobby
    }
}

fn kind() -> u8 {
    3
}

fn main() {}
