use landfall::prelude::*;

#[socket]
struct Room;

fn main() {}
