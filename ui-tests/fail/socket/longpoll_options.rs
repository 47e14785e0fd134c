use landfall::prelude::*;

struct Poll;

#[socket(longpoll(window = secs(0), compress = true), transport = Sse)]
impl Poll {
    fn connect() -> Result<Self, Refused> {
        Ok(Poll)
    }
    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
