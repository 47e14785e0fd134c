use landfall::prelude::*;

struct UserSocket;

#[socket(channel("lobby", Lobby))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }

    async fn init(&mut self, out: &mut Outbox) {}

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {}

    async fn handle_info(&mut self, info: u8, out: &mut Outbox) {}

    async fn handle_control(&mut self, control: Control, out: &mut Outbox) {}

    fn terminate(self, reason: Reason) {}

    fn encode(broadcast: &Broadcast) -> Option<Message> {
        None
    }

    fn id(&mut self) -> Option<String> {
        None
    }
}

fn main() {}
