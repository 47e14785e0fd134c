use landfall::prelude::*;

struct UserSocket;

#[socket(
    channel("room:*", Room),
    channel("lobby", Lobby),
    channel("room:*", Other),
)]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
