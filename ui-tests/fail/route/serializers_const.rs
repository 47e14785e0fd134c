use landfall::channel::Versioned;
use landfall::prelude::*;

const NONE: &[Versioned] = &[];

struct UserSocket;

#[socket(channel("lobby", Lobby), serializers = NONE)]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Lobby;

#[channel(UserSocket)]
impl Lobby {
    async fn join() -> Result<Self, JoinError> {
        Ok(Lobby)
    }
}

endpoint! {
    pub struct Web;
    socket("/socket", UserSocket);
}

fn main() {}
