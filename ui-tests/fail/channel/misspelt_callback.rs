use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn jion() -> Result<Self, JoinError> {
        Ok(Room)
    }

    async fn handel_info(&mut self, _: u8, _: &mut Outlet) {}

    fn terminated(&self) -> bool {
        false
    }
}

fn main() {}
