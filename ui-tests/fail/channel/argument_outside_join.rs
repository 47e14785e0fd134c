use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("ping")]
    fn ping(&mut self, #[payload] payload: u8) {}

    #[handle_in("pong")]
    fn pong(&mut self, #[topic] topic: String) {}

    async fn handle_info(&mut self, #[rest] id: u8, out: &mut Outlet) {}
}

fn main() {}
