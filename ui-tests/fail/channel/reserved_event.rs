use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("phx_join")]
    fn joined(&mut self) {}

    #[handle_in("phx_leave")]
    fn left(&mut self) {}

    #[handle_out("phx_reply")]
    fn replied(&mut self) {}
}

fn main() {}
