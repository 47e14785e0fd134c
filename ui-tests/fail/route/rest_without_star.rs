use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Room), channel("room:*", Room), channel("hall", Hall))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Room;

#[channel(UserSocket)]
impl Room {
    fn join(#[rest] id: u64) -> Self {
        let _ = id;
        Room
    }
}

struct Hall;

#[channel(UserSocket)]
impl Hall {
    fn join(#[rest] name: &str) -> Self {
        let _ = name;
        Hall
    }
}

fn main() {}
