use landfall::prelude::*;

struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Room;

#[channel(UserSocket)]
impl Room {
    fn join(
        #[state]
        #[state]
        _a: u8,
        #[state]
        #[payload]
        _b: u8,
        #[state(name = "c")] _c: u8,
        #[state] _d: &u8,
        #[stat] _e: u8,
    ) -> Self {
        Room
    }

    #[handle_in("a")]
    fn a(&mut self, #[state] _a: u8, _: &mut Outlet, #[rest] _b: u8) {}

    fn handle_info(&mut self, _: u8, #[state] _a: u8, _: &mut Outlet) {}

    fn terminate(self, _: Reason, #[state] _a: u8) {}

    fn helper(&self, #[state] _a: u8) {}
}

fn main() {}
