//! A socket whose messages go to all subscribers of its topic.

use landfall::{
    Message,
    pubsub::Payload,
    socket,
    socket::{Flow, Outbox, Refused},
};

/// The default topic.
pub(super) const TOPIC: &str = "fan";

/// `pub:X` sends X to all subscribers of the topic, and `count` is answered with their number.
/// Anything else is ignored.
pub(super) struct FanSocket {
    topic: String,
}

#[socket(websocket(outbox(limit = 64 * 1024 * 1024)))]
impl FanSocket {
    async fn connect(#[param] topic: Option<String>) -> Result<Self, Refused> {
        Ok(FanSocket {
            topic: topic.unwrap_or_else(|| TOPIC.to_owned()),
        })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward(&self.topic);
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        if message.as_bytes() == b"count" {
            let count = out.handle().pubsub().subscribers(&self.topic);
            out.push(count.to_string());
        } else if let Some(payload) = published(message)
            && let Err(error) = out.broadcast(&self.topic, "fan", payload)
        {
            return Flow::fail(error.to_string());
        }
        Flow::Continue
    }
}

/// What follows `pub:`, of the message's own kind.
fn published(message: Message) -> Option<Payload> {
    match message {
        Message::Text(text) => text.strip_prefix("pub:").map(Payload::from),
        Message::Binary(bytes) => bytes.starts_with(b"pub:").then(|| bytes.slice(4..).into()),
    }
}
