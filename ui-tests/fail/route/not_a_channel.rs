use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Lobby;

fn main() {}
