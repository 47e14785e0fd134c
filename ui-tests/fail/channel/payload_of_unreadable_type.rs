use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

struct Params;
struct Ping;

#[channel(UserSocket)]
impl Room {
    async fn join(#[payload] params: Params) -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("ping")]
    async fn ping(&mut self, ping: Ping) {}
}

fn main() {}
