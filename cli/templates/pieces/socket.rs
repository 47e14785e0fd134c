//! A raw socket: a client gets back what it sends.

use landfall::prelude::*;

pub(crate) struct GameSocket;

#[socket]
impl GameSocket {
    /// Decides whether the client may connect. `#[param] token: String` takes `?token=..`.
    async fn connect() -> Result<Self, Refused> {
        Ok(GameSocket)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

#[cfg(test)]
mod tests {
    use landfall::{prelude::*, testing};

    use super::GameSocket;

    #[tokio::test]
    async fn a_message_comes_back() {
        let mut socket = GameSocket::connect().await.unwrap();
        let mut out = testing::outbox();
        socket.handle_in(Message::from("ahoy"), &mut out).await;
        assert_eq!(out.take(), [Message::from("ahoy")]);
    }
}
