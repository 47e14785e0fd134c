//! The callbacks of sockets, as tables.

use crate::block::callback::{Callback, Output, Receiver};

/// The callbacks of a socket that handles messages itself.
pub(crate) const PLAIN: &[Callback] = &[
    CONNECT,
    handler(
        "init",
        1,
        false,
        "async fn init(&mut self, out: &mut Outbox) -> Flow",
    ),
    handler(
        "handle_in",
        2,
        true,
        "async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow",
    ),
    handler(
        "handle_info",
        2,
        false,
        "async fn handle_info(&mut self, info: T, out: &mut Outbox) -> Flow",
    ),
    handler(
        "handle_control",
        2,
        false,
        "async fn handle_control(&mut self, control: Control, out: &mut Outbox) -> Flow",
    ),
    Callback {
        name: "terminate",
        receiver: Receiver::Owned,
        arguments: Some(1),
        output: Output::Nothing,
        waits: false,
        required: false,
        signature: "fn terminate(self, reason: Reason)",
    },
    CHILDREN,
    DRAIN,
    Callback {
        name: "encode",
        receiver: Receiver::None,
        arguments: Some(1),
        output: Output::Value,
        waits: false,
        required: false,
        signature: "fn encode(broadcast: &Broadcast) -> Option<Message>",
    },
];

/// The callbacks of a socket whose channels handle messages.
pub(crate) const WITH_CHANNELS: &[Callback] = &[
    CONNECT,
    Callback {
        name: "id",
        receiver: Receiver::Shared,
        arguments: Some(0),
        output: Output::Value,
        waits: false,
        required: false,
        signature: "fn id(&self) -> Option<String>",
    },
    CHILDREN,
    DRAIN,
];

const CONNECT: Callback = Callback {
    name: "connect",
    receiver: Receiver::None,
    arguments: None,
    output: Output::Value,
    waits: true,
    required: true,
    signature: "async fn connect(..) -> Result<Self, Refused>",
};

const CHILDREN: Callback = Callback {
    name: "children",
    receiver: Receiver::None,
    arguments: Some(1),
    output: Output::Nothing,
    waits: false,
    required: false,
    signature: "fn children(children: &mut Children)",
};

const DRAIN: Callback = Callback {
    name: "drain",
    receiver: Receiver::None,
    arguments: Some(1),
    output: Output::Nothing,
    waits: true,
    required: false,
    signature: "async fn drain(draining: Draining)",
};

const fn handler(
    name: &'static str,
    arguments: usize,
    required: bool,
    signature: &'static str,
) -> Callback {
    Callback {
        name,
        receiver: Receiver::Borrowed,
        arguments: Some(arguments),
        output: Output::Next,
        waits: true,
        required,
        signature,
    }
}

/// Help for a callback that a socket with channels does not have; `None` if it is not a callback.
pub(crate) fn belongs_to_channels(name: &str) -> Option<&'static str> {
    Some(match name {
        "handle_in" | "handle_info" => "write it in the `#[channel]` blocks of its channels",
        "terminate" => {
            "write it in the `#[channel]` blocks of its channels; each is told when the connection ends"
        }
        "init" => "write what is to be done in `connect`, or in `join` of its channels",
        "handle_control" => "remove it: pings are answered by themselves",
        "encode" => "remove it: broadcasts are written by the serializers",
        _ => return None,
    })
}
