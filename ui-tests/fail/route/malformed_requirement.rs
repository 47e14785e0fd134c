use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby), serializers = [(landfall::channel::V2, "two")])]
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

fn main() {}
