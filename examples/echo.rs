//! The smallest socket: it sends back each message.
//!
//! ```text
//! cargo run --example echo
//! npx wscat -c ws://127.0.0.1:4000/echo/websocket
//! ```

use landfall::prelude::*;

endpoint! {
    struct Edge;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    socket("/echo", Echo);
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

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt::init();
    Edge::start().await?.wait_for_signal().await
}
