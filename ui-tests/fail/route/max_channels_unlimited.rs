use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby), max_channels = unlimited)]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
