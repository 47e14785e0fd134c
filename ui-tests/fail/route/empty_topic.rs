use landfall::prelude::*;

struct UserSocket;

#[socket(channel("", Room), channel("phoenix", Lobby))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
