use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join(#[pyload] params: u8, #[rset] id: u8) -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handel_in("ping")]
    fn ping(&mut self) {}
}

fn main() {}
