use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    #[handle_in("ping")]
    fn ping(&mut self) {}
}

fn main() {}
