use landfall::prelude::*;

struct UserSocket;

#[socket(channel = Room, channels, chanel("room:*", Room), serializer = V2)]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
