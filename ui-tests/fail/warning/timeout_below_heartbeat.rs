#![deny(deprecated)]

use std::time::Duration;

use landfall::prelude::*;
use landfall_ui_tests::EchoSocket;

const BRIEF: Duration = Duration::from_secs(20);

struct Preset;

#[socket(channel("room:*", Lobby), websocket(timeout = secs(30)))]
impl Preset {
    fn connect() -> Result<Self, Refused> {
        Ok(Preset)
    }
}

struct Lobby;

#[channel(Preset)]
impl Lobby {
    fn join() -> Result<Self, JoinError> {
        Ok(Lobby)
    }
}

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
    socket("/a", Users, websocket(timeout = secs(20)));
    socket("/b", Users, websocket(timeout = secs(BRIEF.as_secs())));
    socket("/c", Users, websocket(timeout = secs(20), ping = secs(10)));
    socket("/d", Users, websocket(timeout = on_purpose(secs(20), reason = "they send more")));
    socket("/e", EchoSocket, websocket(timeout = secs(20)));
    #[allow(deprecated)]
    socket("/f", Users, websocket(timeout = secs(20)));
    #[expect(deprecated)]
    socket("/g", Users, websocket(timeout = secs(20)));
    socket("/h", Users, websocket(timeout = secs(45)));
}

fn main() {}
