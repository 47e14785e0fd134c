//! A raw socket: what one window sends, all windows get.

use landfall::prelude::*;

const TOPIC: &str = "lines";

pub(crate) struct Lines {
    edge: Handle,
}

#[socket]
impl Lines {
    /// Everybody may connect.
    async fn connect(edge: Handle) -> Result<Self, Refused> {
        Ok(Lines { edge })
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward(TOPIC);
    }

    async fn handle_in(&mut self, message: Message, _out: &mut Outbox) -> Flow {
        let Some(text) = message.as_text() else {
            return Flow::close(1003, "text only");
        };
        match self.edge.broadcast(TOPIC, "line", text.to_owned()) {
            Ok(()) => Flow::Continue,
            Err(error) => Flow::fail(error.to_string()),
        }
    }
}
