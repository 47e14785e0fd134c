//! What a client's bytes come to.

use bytes::Bytes;
use tungstenite::protocol::frame::coding::Control as OpCode;

use crate::{
    message::{Control, Message},
    transport::websocket::frame::{self, Violation},
};

/// Something for the socket.
pub(in crate::transport::websocket) enum Event {
    Message(Message),
    Control(Control),
}

impl Event {
    /// A control frame, which may be the end of the input.
    pub(super) fn of(control: OpCode, payload: &[u8]) -> Result<Self, Ending> {
        let bytes = Bytes::copy_from_slice(payload);
        match control {
            OpCode::Ping => Ok(Event::Control(Control::Ping(bytes))),
            OpCode::Pong => Ok(Event::Control(Control::Pong(bytes))),
            _ => {
                let (code, text) = frame::parse_close(payload)?;
                let text = text.to_owned();
                Err(Ending::Close { code, text })
            }
        }
    }
}

/// Why nothing is read any more, though the stream may go on.
#[derive(Debug)]
pub(in crate::transport::websocket) enum Ending {
    /// The client's close frame.
    Close {
        code: u16,
        text: String,
    },
    Violation(Violation),
}

impl From<Violation> for Ending {
    fn from(violation: Violation) -> Self {
        Ending::Violation(violation)
    }
}
