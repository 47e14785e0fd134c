use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Lobby;

#[channel(landfall_ui_tests::UserSocket)]
impl Lobby {
    fn join() -> Self {
        Lobby
    }
}

fn main() {}
