use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby), serializers = [])]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
