use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby), serializers = ["2.0.0", (V2, "~> 2.0.0", 3)])]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

fn main() {}
