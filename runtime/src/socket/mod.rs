//! Sockets: one client's connection, whatever carries it.
//!
//! [`#[socket]`](macro@crate::socket) turns an impl block into a [`Socket`]. Here is what its
//! callbacks are given, and what they return: the client is written to by [`Outbox`], other tasks
//! reach the socket by [`Mailbox`], and [`Flow`] says whether the connection goes on.
//!
//! ```
//! use std::time::Duration;
//!
//! use landfall::prelude::*;
//!
//! /// Tells its client the seconds since it came.
//! struct Clock;
//!
//! #[socket]
//! impl Clock {
//!     async fn connect(mailbox: Mailbox<u64>) -> Result<Self, Refused> {
//!         tokio::spawn(async move {
//!             for second in 1.. {
//!                 tokio::time::sleep(Duration::from_secs(1)).await;
//!                 if mailbox.send(second).is_err() {
//!                     return; // the client is gone, or its socket is far behind
//!                 }
//!             }
//!         });
//!         Ok(Clock)
//!     }
//!
//!     async fn handle_in(&mut self, message: Message, _: &mut Outbox) -> Flow {
//!         match message.as_text() {
//!             Some("enough") => Flow::stop(),
//!             _ => Flow::Continue,
//!         }
//!     }
//!
//!     async fn handle_info(&mut self, second: u64, out: &mut Outbox) {
//!         out.push(second.to_string());
//!     }
//! }
//! ```

// | file | what |
// | --- | --- |
// | `connect` | what a connection attempt brings along, and how arguments are taken from it |
// | `info` | connect_info: what a mount grants and a socket may ask for |
// | `params` | query and path parameters, nested, and how they become typed arguments |
// | `flow` | how a callback says "go on" or "stop", and why a connection ended |
// | `outbox` | what a callback writes to |
// | `caller` | who asks a socket, and waits for the answer |
// | `mailbox` | how other tasks reach a socket |
// | `refused` | why `connect` said no |
// | `returned` | what callbacks may return, and what clients are told of errors |
// | `options` | what a mount can set, and a socket can preset |
// | `mounted`, `transport_options` | what it sees of its mount, and of its transport |
// | `deflate_options` | how messages of WebSocket are compressed |
// | `drainer` | how a mount's connections end, as it is declared and as it is known at start |
// | `draining` | how its connections are told to go |
// | `children` | tasks that belong to a socket type |

use std::future::Future;

mod caller;
mod children;
pub(crate) mod connect;
pub(crate) mod deflate_options;
pub(crate) mod drainer;
mod draining;
mod flow;
mod info;
mod mailbox;
mod mounted;
pub(crate) mod options;
mod outbox;
mod params;
mod refused;
pub(crate) mod returned;
mod transport_options;

pub use self::{
    caller::{CallError, Caller},
    children::Children,
    connect::{Connect, FromConnect, TransportKind},
    draining::Draining,
    flow::{Flow, Reason},
    info::{ConnectInfo, Headers, InfoValue, PeerData, RequestUri},
    mailbox::{Mailbox, MailboxError},
    mounted::Mounted,
    outbox::Outbox,
    params::{Param, ParamError, Params},
    refused::Refused,
    returned::{IntoConnected, IntoFlow, TellClient},
    transport_options::TransportOptions,
};
pub(crate) use self::{
    children::ChildSpec,
    connect::Brought,
    draining::Drained,
    info::InfoValues,
    info::eq,
    mailbox::{CALL, Inbox, InboxWaker},
    outbox::ClientLink,
    params::QueryError,
};

pub(crate) use self::deflate_options::DeflateOptions;
pub(crate) use self::drainer::{Drainer, DrainerOptions};
pub(crate) use self::options::{
    LongPoll, OutboxOptions, Overflow, SocketOptions, Timeout, TokenOptions, WebSocket,
};
use crate::{
    handle::has_handle,
    message::{Control, Message},
    pubsub::{Broadcast, Payload},
    state::{AppState, By, Needed},
};

/// What can be mounted: a [`Socket`], or a type from which one is made (a
/// [`ChannelSocket`](crate::channel::ChannelSocket)).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a socket",
    label = "not a socket",
    note = "put `#[socket]` on `impl {Self} {{ .. }}`, or implement `landfall::Socket`"
)]
pub trait IntoSocket {
    /// The socket: a [`Socket`].
    // A bound would report a type that is not `Send` once more. Who mounts a socket has it.
    type Socket;

    /// What it takes of the application's state, including its channels.
    #[doc(hidden)]
    type Needs: Needed;
}

impl<S: Socket> IntoSocket for S {
    type Socket = S;
    type Needs = By<S, S::State>;
}

/// What a socket reads in `connect`: checked against what each mount grants, at compile time.
///
/// `#[socket]` fills it in from the arguments of `connect`.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// connect_info keys that must be granted.
    pub info: &'static [&'static str],
    /// Parameters that must be present, in the path or in the query.
    pub params: &'static [&'static str],
    /// Optional parameters.
    pub optional_params: &'static [&'static str],
    /// Whether it reads no other parameters. If so, another variable in the path of a mount is a
    /// compile error, unless its name begins with `_`.
    pub no_other_params: bool,
}

impl Needs {
    /// Neither connect_info nor parameters.
    pub const NOTHING: Needs = Needs {
        info: &[],
        params: &[],
        optional_params: &[],
        no_other_params: false,
    };
}

/// One client's connection, on whichever transport: the state and the callbacks of an application.
///
/// [`#[socket]`](macro@crate::socket) writes this implementation from an `impl` block. The
/// callbacks of one connection run one at a time, in the order in which messages came (Phoenix's
/// `Phoenix.Socket.Transport`). A callback that panics ends its own connection, with close code
/// 1011.
///
/// A callback may take as long as it needs, unless
/// [`callback_timeout`](WebSocket::callback_timeout) is set. When the client is gone, its stream is
/// closed within ten seconds. The callback goes on, and so do the callbacks for messages that were
/// read by then: at most 64 KiB after the message that is being handled.
///
/// ```
/// use landfall::{Message, Socket, socket::{Connect, Flow, Outbox, Refused}};
///
/// struct Echo;
///
/// impl Socket for Echo {
///     type Info = ();
///     type State = ();
///
///     async fn connect(_: Connect<()>) -> Result<Self, Refused> {
///         Ok(Echo)
///     }
///
///     async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
///         out.push(message);
///         Flow::Continue
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a socket",
    label = "not a socket",
    note = "put `#[socket]` on `impl {Self} {{ .. }}`, or implement `landfall::Socket`"
)]
// What is `Sized + Send + 'static` already says so again with each future (`where Self: Send`): the
// callbacks of a type that is not are then no second mistake. `block/call.rs` of the macros takes
// it up.
pub trait Socket:
    Sized
    + Send // it moves between threads with its connection: `Arc` for `Rc`, `Mutex` for `RefCell`
    + 'static
{
    /// What other tasks may send to this socket, by its [`Mailbox`].
    type Info: Send + 'static;

    /// Whether `handle_info` does something. If not, the socket's [`Mailbox`] is closed, and each of
    /// its connections takes some hundred bytes less. `#[socket]` says `false` where there is no
    /// `handle_info`.
    const HANDLES_INFO: bool = true;

    /// What its callbacks take of the application's state: `()`,
    /// [`Need<Pool>`](crate::state::Need), or a tuple of needs. Where an endpoint mounts the
    /// socket, the compiler checks that the endpoint's state gives it. `#[socket]` fills it in from
    /// `#[state]` arguments, and from those of its channels.
    type State: Needed;

    /// Options for every mount of this socket; what a mount sets itself wins, key by key.
    const OPTIONS: SocketOptions = SocketOptions::DEFAULT;

    /// What `connect` reads.
    const NEEDS: Needs = Needs::NOTHING;

    /// Whether `handle_control` does something.
    #[doc(hidden)]
    const HANDLES_CONTROL: bool = false;

    /// Tasks that belong to this socket type (Phoenix's `child_spec`). They start before the
    /// endpoint listens, once for each running endpoint, however often the socket is mounted.
    fn children(children: &mut Children) {
        let _ = children;
    }

    /// Parts of the application's state that channels of this socket take and no mounted socket
    /// declares: the name of the channel, and the type.
    #[doc(hidden)]
    fn undeclared(state: &AppState) -> Vec<(&'static str, &'static str)> {
        let _ = state;
        Vec::new()
    }

    /// Whether the socket holds channels.
    #[doc(hidden)]
    const HOLDS_CHANNELS: bool = false;

    /// The name of the channel that serves a topic. `None` if the socket has none for it.
    #[doc(hidden)]
    fn channel_of(topic: &str) -> Option<&'static str> {
        let _ = topic;
        None
    }

    /// Decides whether a client may connect, and makes its state.
    ///
    /// Runs before the upgrade. An `Err` is answered as an HTTP response, with its status, or by
    /// the mount's `error_handler`. See [`Refused`].
    fn connect(connect: Connect<Self::Info>) -> impl Future<Output = Result<Self, Refused>> + Send
    where
        Self: Send;

    /// Ends the connections of a mount, because the endpoint stops (Phoenix's `drainer_spec`).
    ///
    /// Called once for each transport of each mount of this socket, except where the mount says
    /// `drainer = false`. The default is [`Draining::as_declared`]: in batches, as `drainer(..)` of
    /// the mount says. The `shutdown` of `drainer(..)` is a limit for everybody: past it, this is
    /// cancelled, and all connections that are left end at once. When it returns or panics, the
    /// connections that were not told are told, and what is left of `shutdown` is waited for them.
    fn drain(draining: Draining) -> impl Future<Output = ()> + Send
    where
        Self: Send,
    {
        draining.as_declared()
    }

    /// Called once, after the handshake and before the first message.
    fn init(&mut self, out: &mut Outbox) -> impl Future<Output = Flow> + Send
    where
        Self: Send,
    {
        let _ = out;
        async { Flow::Continue }
    }

    /// Called for each message of the client.
    fn handle_in(
        &mut self,
        message: Message,
        out: &mut Outbox,
    ) -> impl Future<Output = Flow> + Send
    where
        Self: Send;

    /// Whether the client's next message may be read. While it may not, `handle_info` is still
    /// called. Called before each message, and whenever the connection's task is woken.
    #[doc(hidden)]
    fn takes_messages(&mut self) -> bool {
        true
    }

    /// The name of the serializer that the client's messages are in, for log lines.
    #[doc(hidden)]
    fn serializer(&self) -> Option<&'static str> {
        None
    }

    /// Called for each ping and pong of the client. A ping has already been answered.
    fn handle_control(
        &mut self,
        control: Control,
        out: &mut Outbox,
    ) -> impl Future<Output = Flow> + Send
    where
        Self: Send,
    {
        let _ = (control, out);
        async { Flow::Continue }
    }

    /// Called for each message that arrives in the [`Mailbox`].
    fn handle_info(
        &mut self,
        info: Self::Info,
        out: &mut Outbox,
    ) -> impl Future<Output = Flow> + Send
    where
        Self: Send,
    {
        let _ = (info, out);
        async { Flow::Continue }
    }

    /// Called once when the connection has ended, if `init` was called: it was closed, lost, or cut
    /// off. A callback that ran has been dropped by then. A callback that blocks its thread cannot
    /// be dropped: this waits for it.
    ///
    /// If the client is gone before `init` is called, the value is dropped and this is not called.
    /// Undo in `Drop` what `connect` does and must always be undone.
    fn terminate(self, reason: Reason) {
        let _ = reason;
    }

    /// The message to the client for a broadcast that [`Outbox::forward`] forwards.
    ///
    /// Called once for all subscribers of one socket type, whatever their number. The default sends
    /// the payload alone: JSON and text as a text message, bytes as a binary one. `None` sends
    /// nothing.
    fn encode(broadcast: &Broadcast) -> Option<Message> {
        Some(match broadcast.payload() {
            Payload::Json(text) | Payload::Text(text) => Message::Text(text.clone()),
            Payload::Binary(bytes) => Message::Binary(bytes.clone()),
        })
    }
}

has_handle! {
    [I] Connect<I>,
    [] Outbox,
}
