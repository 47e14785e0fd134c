use landfall::prelude::*;

#[channel(landfall_ui_tests::UserSocket)]
struct Room;

fn main() {}
