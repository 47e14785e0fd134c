use landfall::{prelude::*, socket::Children};

struct Room;

#[socket]
impl Room {
    fn connect(
        #[state]
        #[state]
        _a: u8,
        #[state]
        #[param]
        _b: u8,
        #[state(name = "c")] _c: u8,
        #[state] _d: &u8,
        #[stat] _e: u8,
    ) -> Result<Self, Refused> {
        Ok(Room)
    }

    fn handle_in(&mut self, #[state] _a: u8, _: Message, _: &mut Outbox, #[param] _b: u8) {}

    fn terminate(self, _: Reason, #[state] _a: u8) {}

    fn children(_: &mut Children, #[state] _a: u8) {}

    fn helper(&self, #[state] _a: u8) {}
}

fn main() {}
