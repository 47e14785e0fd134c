use landfall::prelude::*;

pub struct App;

#[derive(Clone)]
pub struct Pool;

#[derive(Clone)]
pub struct Mailer;

pub struct Room;

#[socket]
impl Room {
    fn connect(#[state] _pool: Pool) -> Result<Self, Refused> {
        Ok(Room)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox, #[state] _mailer: Mailer) {}
}

endpoint! {
    struct Web;
    state = App;
    socket("/a", Room);
}

fn main() {}
