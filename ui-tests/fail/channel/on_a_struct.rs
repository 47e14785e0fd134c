use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

#[channel(UserSocket)]
struct Room;

fn main() {}
