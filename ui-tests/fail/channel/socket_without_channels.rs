use landfall::prelude::*;
use landfall_ui_tests::EchoSocket;

struct Room;

#[channel(EchoSocket)]
impl Room {
    fn join() -> Self {
        Room
    }
}

fn main() {}
