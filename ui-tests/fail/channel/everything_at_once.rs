use landfall::prelude::*;

struct UserSocket;

#[socket(channel("room:*:x", Room), max_chanels = 3)]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {}
}

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(#[rst] id: u64) -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in]
    async fn say(&self, text: String, out: &mut Outlet) {}
}

endpoint! {
    struct Web;
    socket("/socket", UserSocket);
}

fn main() {}
