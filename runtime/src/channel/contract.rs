//! One conversation of a client: the state and the callbacks of an application.

use std::{future::Future, time::Duration};

use tracing::Level;

use super::{
    Answer, ChannelSocket, Event, HandleInLevel, Join, JoinError, JoinLevel, Joined, OnGap, Outlet,
};
use crate::{
    pubsub::Broadcast,
    socket::{Reason, Timeout},
    state::Needed,
    telemetry::Log,
};

/// One client's conversation on one topic: the state and the callbacks of an application.
///
/// [`#[channel]`](macro@crate::channel) writes this implementation from an `impl` block. The
/// callbacks of one channel run one at a time, in the order in which messages came. A callback that
/// has to wait holds up no other channel of the connection. One that panics ends its own channel:
/// the client is told `phx_error` with `{"reason": "channel_crash"}`, and joins again.
///
/// ```
/// use landfall::channel::{Answer, Channel, ChannelSocket, Event, Join, JoinError, Joined, Outlet, Reply, Route};
/// use landfall::socket::{Connect, Refused};
///
/// struct UserSocket;
///
/// impl ChannelSocket for UserSocket {
///     type State = ();
///
///     const CHANNELS: &'static [Route<Self>] = &[Route::new::<Room>("room:*", "Room")];
///
///     async fn connect(_: Connect<()>) -> Result<Self, Refused> {
///         Ok(UserSocket)
///     }
/// }
///
/// struct Room;
///
/// impl Channel for Room {
///     type Socket = UserSocket;
///     type Info = ();
///     type State = ();
///
///     async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
///         if join.rest() == "secret" {
///             return Err(JoinError::because("unauthorized"));
///         }
///         Ok(Joined::new(Room))
///     }
///
///     async fn handle_in(&mut self, event: Event, out: &mut Outlet) -> Answer {
///         match event.name() {
///             "shout" => match out.broadcast("shout", event.into_payload()) {
///                 Ok(()) => Answer::NoReply,
///                 Err(error) => Answer::Reply(error.into()),
///             },
///             _ => Answer::Reply(Reply::because("unknown event")),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a channel",
    label = "not a channel",
    note = "put `#[channel(Socket)]` on `impl {Self} {{ .. }}`"
)]
pub trait Channel:
    Sized
    + Send // it moves between threads with its connection: `Arc` for `Rc`, `Mutex` for `RefCell`
    + 'static
{
    /// The socket that it belongs to.
    type Socket: ChannelSocket;

    /// What other tasks may send to this channel, by its [`Mailbox`](super::Mailbox).
    type Info: Send + 'static;

    /// What its callbacks take of the application's state: `()`,
    /// [`Need<Pool>`](crate::state::Need), or a tuple of needs. It is part of its socket's
    /// [`State`](ChannelSocket::State). `#[channel]` fills it in from `#[state]` arguments.
    type State: Needed;

    /// Events of its topic that go to [`handle_out`](Channel::handle_out), and not straight to the
    /// client.
    const INTERCEPT: &'static [&'static str] = &[];

    /// Whether [`join`](Channel::join) needs what a `*` in the topic stands for. If it does, a
    /// route whose pattern has no `*` is a compile error. `#[channel]` fills it in from `#[rest]`
    /// arguments.
    const NEEDS_REST: bool = false;

    /// Whether [`joined`](Channel::joined) is called. Default true. `#[channel]` says false for a
    /// channel without it, which saves an allocation for each join.
    const HAS_JOINED: bool = true;

    /// How long a callback may go on after its client has left. One that still runs then is given
    /// up: [`terminate`](Channel::terminate) says how. Default 5 s.
    /// `#[channel(Socket, shutdown = secs(10))]` sets it.
    ///
    /// With [`Timeout::Never`] a callback that hangs keeps its channel, and what its client may
    /// have joined besides is one less ([`MAX_CHANNELS`](ChannelSocket::MAX_CHANNELS)):
    /// `shutdown = on_purpose(never, reason = "..")`. The [drainer](crate::mount::Drainer) of the
    /// mount ends it when the endpoint stops.
    const SHUTDOWN: Timeout = Timeout::After(Duration::from_secs(5));

    /// What happens when broadcasts of other nodes to its topic may be lost. Default
    /// [`OnGap::Rejoin`]. `#[channel(Socket, on_gap = tell)]` sets it. An endpoint that is alone
    /// loses none.
    const ON_GAP: OnGap = OnGap::Rejoin;

    /// The level at which joins are logged, accepted or refused. Default `info`. A join that fails
    /// is an error, and is always logged. Joins of topics that begin with `phoenix` are not logged.
    /// `#[channel(Socket, log_join = debug)]` sets it; `false` is silent.
    const LOG_JOIN: Log<JoinLevel> = Log::At(Level::INFO);

    /// The level at which messages of clients are logged once they are handled. Default `debug`.
    /// `#[channel(Socket, log_handle_in = level_of)]` sets it, here to what a function returns:
    ///
    /// ```
    /// use landfall::prelude::*;
    /// use tracing::Level;
    /// # struct UserSocket;
    /// # #[socket(channel("room:*", Room))]
    /// # impl UserSocket {
    /// #     fn connect() -> Self { UserSocket }
    /// # }
    ///
    /// struct Room;
    ///
    /// #[channel(UserSocket, log_join = debug, log_handle_in = level_of)]
    /// impl Room {
    ///     async fn join() -> Result<Self, JoinError> {
    ///         Ok(Room)
    ///     }
    /// }
    ///
    /// fn level_of(_topic: &str, event: &str) -> Option<Level> {
    ///     (event != "typing").then_some(Level::INFO)
    /// }
    /// ```
    const LOG_HANDLE_IN: Log<HandleInLevel> = Log::At(Level::DEBUG);

    /// Decides whether a client may join, and makes its state. The reply reaches the client before
    /// anything else of this channel.
    fn join(join: Join<Self>) -> impl Future<Output = Result<Joined<Self>, JoinError>> + Send
    where
        Self: Send;

    /// Called once, after the reply to the join and before any message. Here a channel pushes what
    /// its client needs to know first. The client is subscribed to the topic's broadcasts by then.
    fn joined(&mut self, out: &mut Outlet) -> impl Future<Output = Answer> + Send
    where
        Self: Send,
    {
        let _ = out;
        async { Answer::NoReply }
    }

    /// Called first for each message of the client, to answer it without a future. A message that
    /// it gives back goes to [`handle_in`](Channel::handle_in); the default gives back all.
    ///
    /// `#[channel]` calls those methods with `#[handle_in]` here that are not `async`: each of
    /// their messages costs an allocation less.
    ///
    /// # Errors
    /// With the message, if it is not handled here.
    fn handle_in_now(&mut self, event: Event, out: &mut Outlet) -> Result<Answer, Event> {
        let _ = out;
        Err(event)
    }

    /// Called for each message of the client that [`handle_in_now`](Channel::handle_in_now) gives
    /// back.
    fn handle_in(&mut self, event: Event, out: &mut Outlet) -> impl Future<Output = Answer> + Send
    where
        Self: Send;

    /// Called for each message that arrives in the [`Mailbox`](super::Mailbox).
    fn handle_info(
        &mut self,
        info: Self::Info,
        out: &mut Outlet,
    ) -> impl Future<Output = Answer> + Send
    where
        Self: Send,
    {
        let _ = (info, out);
        async { Answer::NoReply }
    }

    /// Called for each broadcast of an event that is intercepted. The default pushes it as it is.
    fn handle_out(
        &mut self,
        broadcast: Broadcast,
        out: &mut Outlet,
    ) -> impl Future<Output = Answer> + Send
    where
        Self: Send,
    {
        out.push(broadcast.event(), broadcast.payload().clone());
        async { Answer::NoReply }
    }

    /// Called when broadcasts of other nodes to the topic may be lost, if
    /// [`ON_GAP`](Channel::ON_GAP) is [`OnGap::Tell`]: here a channel reads anew what it or its
    /// client keeps by broadcasts.
    fn handle_gap(&mut self, out: &mut Outlet) -> impl Future<Output = Answer> + Send
    where
        Self: Send,
    {
        let _ = out;
        async { Answer::NoReply }
    }

    /// Called once for every channel that `join` made, whatever the reason of its end.
    ///
    /// A leave waits for the running callback, for at most [`SHUTDOWN`](Channel::SHUTDOWN). Then
    /// the callback is dropped at its `.await`, and this is called. A `join` that has not returned
    /// by then is dropped too, and this is not called, because there is no channel yet.
    fn terminate(self, reason: Reason) {
        let _ = reason;
    }
}
