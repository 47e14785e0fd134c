use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby, asigns = 3), channel("room:*", Room, log = info), channel("user:*", User, 7))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
