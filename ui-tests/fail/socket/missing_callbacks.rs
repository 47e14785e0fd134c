use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    fn helper(&self) {}
}

fn main() {}
