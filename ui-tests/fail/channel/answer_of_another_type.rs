use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("ping")]
    async fn ping(&mut self) -> String {
        String::new()
    }

    async fn handle_info(&mut self, _: u8, _: &mut Outlet) -> Flow {
        Flow::Continue
    }
}

fn main() {}
