use landfall::prelude::*;

struct Room;

#[socket]
impl Room {
    fn connect(#[param] room: u64, _handle: Handle) -> Self {
        let _ = room;
        Room
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct Lobby;

#[socket]
impl Lobby {
    fn connect() -> Self {
        Lobby
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

endpoint! {
    struct Web;
    socket("/s/:rom", Room);
    socket("/lobby", Lobby, websocket(path = "/of/:house"));
    socket("/rooms/:_house/:room", Room);
}

fn main() {}
