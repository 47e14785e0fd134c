use landfall::prelude::*;

struct Users;

#[socket(channel("topic:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", Room))]
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
