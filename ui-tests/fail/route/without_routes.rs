use landfall::prelude::*;

struct UserSocket;

#[socket(max_channels = 3)]
impl UserSocket {
    fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {}
}

fn main() {}
