use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby"), channel(), channel("room:*", "Room"))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
