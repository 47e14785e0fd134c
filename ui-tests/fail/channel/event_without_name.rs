use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in]
    fn one(&mut self) {}

    #[handle_in()]
    fn two(&mut self) {}

    #[handle_in = "three"]
    fn three(&mut self) {}

    #[handle_out("")]
    fn four(&mut self) {}

    #[handle_in(FIVE)]
    fn five(&mut self) {}
}

fn main() {}
