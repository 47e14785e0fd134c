use landfall::prelude::*;

struct UserSocket;

#[socket(channel("room:*:messages", Room), channel("*room", Lobby), channel("a:**", Other))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
