use landfall::{prelude::*, socket::{Connect, FromConnect}, state::Need};

pub struct App;

#[derive(Clone)]
pub struct Pool;

pub struct CurrentUser;

impl<I: Send + 'static> FromConnect<I> for CurrentUser {
    type State = Need<Pool>;

    async fn from_connect(_: &Connect<I>, _: Pool) -> Result<Self, Refused> {
        Ok(CurrentUser)
    }
}

pub struct Room;

#[socket]
impl Room {
    fn connect(_: CurrentUser) -> Result<Self, Refused> {
        Ok(Room)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

endpoint! {
    struct Web;
    state = App;
    socket("/a", Room);
}

fn main() {}
