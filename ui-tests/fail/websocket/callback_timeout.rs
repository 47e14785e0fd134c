//! A callback has a positive timeout, or `never`.

use landfall::prelude::*;

const NOTHING: landfall::mount::Timeout = landfall::mount::Timeout::After(std::time::Duration::ZERO);

endpoint! {
    struct Edge;

    socket("/literal", Echo, websocket(callback_timeout = secs(0)));
    socket("/word", Echo, websocket(callback_timeout = off));
    socket("/number", Echo, websocket(callback_timeout = 30));
}

endpoint! {
    struct Constant;

    socket("/constant", Echo, websocket(callback_timeout = NOTHING));
}

struct Echo;

#[socket]
impl Echo {
    async fn connect() -> Result<Self, Refused> {
        Ok(Echo)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

fn main() {}
