#![deny(deprecated)]

use landfall::prelude::*;
use landfall_ui_tests::EchoSocket;

struct Users;

#[socket(channel("room:*", Room))]
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

endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", Users, websocket(path = "/ws"), longpoll(path = "/poll"));
    socket("/b", Users, websocket(path = on_purpose("/ws", reason = "a client of our own")));
    socket("/c", EchoSocket, websocket(path = "/ws"));
    socket("/d", Users, websocket(path = "/websocket"));
}

fn main() {}
