//! The callbacks of a socket, as a table.

/// A method that `#[socket]` knows.
pub(crate) struct Callback {
    pub(crate) name: &'static str,
    pub(crate) receiver: Receiver,
    /// Besides the receiver; `None`: any number.
    pub(crate) arguments: Option<usize>,
    pub(crate) output: Output,
    /// Whether it may be `async`. A plain function will do, too.
    pub(crate) waits: bool,
    pub(crate) required: bool,
    pub(crate) signature: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receiver {
    None,
    /// `&mut self`
    Borrowed,
    /// `self`
    Owned,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Must be written.
    Value,
    /// `Flow`; without it, the connection goes on.
    Flow,
    Nothing,
}

pub(crate) const CALLBACKS: &[Callback] = &[
    Callback {
        name: "connect",
        receiver: Receiver::None,
        arguments: None,
        output: Output::Value,
        waits: true,
        required: true,
        signature: "async fn connect(..) -> Result<Self, Refused>",
    },
    handler("init", 1, false, "async fn init(&mut self, out: &mut Outbox) -> Flow"),
    handler(
        "handle_in",
        2,
        true,
        "async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow",
    ),
    handler("handle_info", 2, false, "async fn handle_info(&mut self, info: T, out: &mut Outbox) -> Flow"),
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
    Callback {
        name: "children",
        receiver: Receiver::None,
        arguments: Some(1),
        output: Output::Nothing,
        waits: false,
        required: false,
        signature: "fn children(children: &mut Children)",
    },
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

const fn handler(name: &'static str, arguments: usize, required: bool, signature: &'static str) -> Callback {
    Callback {
        name,
        receiver: Receiver::Borrowed,
        arguments: Some(arguments),
        output: Output::Flow,
        waits: true,
        required,
        signature,
    }
}

pub(crate) fn callback(name: &str) -> Option<&'static Callback> {
    CALLBACKS.iter().find(|callback| callback.name == name)
}
