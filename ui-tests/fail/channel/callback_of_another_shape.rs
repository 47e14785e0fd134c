use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    async fn handle_in(&mut self, event: Event) {}

    async fn handle_info(&self, info: u8, out: &mut Outlet) {}

    async fn terminate(self, reason: Reason) {}
}

fn main() {}
