use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room<'a>(&'a str);

#[channel(UserSocket)]
impl<'a> Room<'a> {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room(""))
    }
}

fn main() {}
