use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("ping")]
    fn ping(&mut self) {}

    #[handle_in("pong", "ping")]
    fn pong(&mut self) {}

    #[handle_out("ping")]
    fn out(&mut self) {}
}

fn main() {}
