use landfall::prelude::*;

struct UserSocket;

#[socket(channel(TOPIC, Room), channel(Lobby, "lobby"), channel(room, "room:*", Room))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
