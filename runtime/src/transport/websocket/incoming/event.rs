//! What a client's bytes come to.

use crate::{
    message::{Control, Message},
    transport::websocket::frame::Violation,
};

/// Something for the socket.
pub(in crate::transport::websocket) enum Event {
    Message(Message),
    Control(Control),
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
