use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby), max_channels = 0, max_channels = 3)]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
