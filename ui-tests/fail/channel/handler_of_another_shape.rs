use landfall::prelude::*;
use landfall_ui_tests::UserSocket;

struct Room;

#[channel(UserSocket)]
impl Room {
    async fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("one")]
    fn one(payload: u8) {}

    #[handle_in("two")]
    async fn two(&self, payload: u8) {}

    #[handle_in("three")]
    async fn three(&mut self, a: u8, b: u8, out: &mut Outlet) {}

    #[handle_in("four")]
    async fn four(&mut self, out: &mut Outlet, payload: u8) {}

    #[handle_in("five")]
    async fn five(&mut self, payload: &str) {}

    #[handle_in("six")]
    async fn six<T>(&mut self, payload: T) {}

    #[handle_in("seven")]
    async fn seven(&mut self, payload: u8, out: Outlet) {}
}

fn main() {}
