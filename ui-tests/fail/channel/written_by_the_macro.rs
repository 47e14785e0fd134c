use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    type Info = u8;
    type Socket = UserSocket;
    const INTERCEPT: &'static [&'static str] = &["said"];

    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
