use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct NoError;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, NoError> {
        Ok(Room)
    }

    #[handle_in("ping")]
    async fn ping(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        Ok(())
    }
}

fn main() {}
