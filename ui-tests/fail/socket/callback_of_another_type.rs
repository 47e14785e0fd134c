use landfall::prelude::*;

struct NoError;

struct Room;

#[socket]
impl Room {
    fn connect() -> Self {
        Room
    }

    fn init(&mut self, _: &mut Outbox) -> Result<(), NoError> {
        Err(NoError)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> bool {
        true
    }

    async fn handle_control(&mut self, _: Control, _: &mut Outbox) -> Result<u8, landfall::BoxError> {
        Ok(7)
    }
}

fn main() {}
