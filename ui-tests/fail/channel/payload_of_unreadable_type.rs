use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

struct Params;
struct Ping;

#[channel(UserSocket)]
impl Room {
    async fn join(#[payload] _: Params) -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("ping")]
    async fn ping(&mut self, _: Ping) {}
}

fn main() {}
