#![deny(deprecated)]

use landfall::{channel::{V1, V2}, prelude::*};

struct Users;

#[socket(channel("room:*", Room), serializers = [(V1, "~> 2.0.0"), (V2, "~> 2.1.0")])]
impl Users {
    fn connect() -> Result<Self, Refused> {
        Ok(Users)
    }
}

struct Room;

#[channel(Users)]
impl Room {
    fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

fn main() {}
