#![deny(deprecated)]

use landfall::prelude::*;
use landfall_ui_tests::EchoSocket;

struct Room;

#[socket]
impl Room {
    fn connect(#[info] user_agent: Option<String>) -> Result<Self, Refused> {
        drop(user_agent);
        Ok(Room)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

endpoint! {
    pub struct Web;
    socket("/a", Room, websocket(connect_info = [user_agent, peer_data, region = "eu"]));
    socket("/b", EchoSocket, websocket(connect_info = [peer_data]));
}

fn main() {}
