use landfall::prelude::*;

struct Room;

#[socket]
impl Default for Room {
    fn default() -> Self {
        Room
    }
}

fn main() {}
