use landfall::prelude::*;

struct Room<'a>(&'a str);

#[channel(landfall_ui_tests::UserSocket)]
impl<'a> Room<'a> {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room(""))
    }
}

fn main() {}
