use landfall::prelude::*;

struct UserSocket;

#[socket(
    channel("room:*", Room),
    channel("room:lobby", Lobby),
    channel("*", Every),
    channel("user:*", User),
)]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
