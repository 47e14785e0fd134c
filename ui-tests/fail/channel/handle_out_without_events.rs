use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    async fn handle_out(&mut self, broadcast: u8, out: &mut Outlet) {}

    #[intercept("said")]
    async fn said(&mut self) {}

    #[handle_info]
    async fn other(&mut self, info: u8, out: &mut Outlet) {}
}

fn main() {}
