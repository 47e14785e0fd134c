//! Runs a socket's callbacks for a transport.

use std::{
    borrow::Cow,
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Weak},
    task::Poll,
};

use bytes::Bytes;

use super::{
    ask::Ask,
    attempt::Connected,
    format::{Format, framing},
    guarded::Guarded,
    line::Line,
    mounted::Mounted,
    roster::Member,
};
use crate::{
    handle::Handle,
    message::{Control, Message},
    pubsub::{SocketEncoder, SubscriberId},
    socket::{Flow, Inbox, InboxWaker, Outbox, Reason, Socket},
    watchdog::Callback,
};

/// Runs the callbacks of one connection, one at a time: what a transport does with a client that
/// [`Attempt::connect`](super::Attempt::connect) took in.
///
/// Each function that runs a callback returns what the socket said; run it to its end, because a future that is dropped
/// leaves its callback off in the middle. After anything but [`Flow::Continue`] the transport tells its client if it can,
/// and calls [`terminate`](Driver::terminate). A callback that panics counts as `Flow::Stop` with code 1011 and
/// [`Reason::Crash`]; one that takes longer than [`TransportOptions::callback_timeout`](super::TransportOptions) is dropped
/// where it waits, and counts as `Flow::Stop` with code 1011. While more than half of the outbox's limit waits for the
/// client, callbacks wait.
///
/// A connection's task is [`init`](Driver::init), and then a loop:
///
/// ```
/// use landfall::{Flow, Message, Socket, transport::Driver};
/// use tokio::sync::mpsc::Receiver;
///
/// async fn run<S: Socket>(mut driver: Driver<S>, mut messages: Receiver<Message>) {
///     let mut flow = driver.init().await;
///     loop {
///         if let Flow::Stop { reason, .. } = flow {
///             return driver.terminate(reason);
///         }
///         flow = tokio::select! {
///             () = driver.ready() => driver.info().await,
///             Some(message) = messages.recv() => driver.deliver(message).await,
///         };
///     }
/// }
/// ```
///
/// Dropping it ends the connection too: whatever becomes of its task, a socket whose `init` was called is told its end,
/// once.
pub struct Driver<S: Socket> {
    socket: Guarded<S>,
    inbox: Arc<Inbox<S::Info>>,
    line: Arc<Line>,
    /// The place in the roster.
    place: usize,
}

impl<S: Socket> Driver<S> {
    pub(super) fn new<F: Format>(connected: Connected<S>, mounted: Arc<Mounted>) -> Self {
        let Connected { socket, id, inbox } = connected;
        let encoder = const { &SocketEncoder::<S>::new(S::encode) };
        let line = Line::new(id, mounted, encoder, framing::<F>());
        let waker: Weak<dyn InboxWaker> = Arc::<Line>::downgrade(&line);
        inbox.set_waker(waker);
        let place = line.mounted.roster.enter(line.clone());
        if line.mounted.is_stopping() {
            // It came too late to be drained with the others.
            line.drain();
        }
        let socket = Guarded::new(socket, Outbox::new(line.clone()));
        Driver { socket, inbox, line, place }
    }

    /// Calls `init`: once, before everything else.
    pub async fn init(&mut self) -> Flow {
        let Some((socket, out)) = self.socket.begin() else { return Flow::stop() };
        call(&self.line, Callback::Init, async { socket.init(out).await }).await
    }

    /// Calls `handle_in` with a message of the client.
    ///
    /// Returns [`Flow::Stop`] without having called it if the connection has to end while it waits for room.
    pub async fn deliver(&mut self, message: Message) -> Flow {
        if let Some(end) = self.room().await {
            return end;
        }
        let Some((socket, out)) = self.socket.parts() else { return Flow::stop() };
        call(&self.line, Callback::HandleIn, async { socket.handle_in(message, out).await }).await
    }

    /// Calls `handle_control` with a ping or pong of the client, if the transport has such things. It waits as
    /// [`deliver`](Driver::deliver) does.
    pub async fn control(&mut self, control: Control) -> Flow {
        if let Some(end) = self.room().await {
            return end;
        }
        let Some((socket, out)) = self.socket.parts() else { return Flow::stop() };
        call(&self.line, Callback::HandleControl, async { socket.handle_control(control, out).await }).await
    }

    /// Waits until [`info`](Driver::info) has something to do.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn ready(&mut self) {
        let open = self.socket.is_open();
        poll_fn(|cx| {
            self.line.register(cx);
            let idle = self.line.asked() == Ask::Nothing && self.inbox.is_empty();
            if idle && open { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    /// Calls `handle_info` with all that waits in the mailbox. A socket of channels whose callbacks have too much to do
    /// takes no messages meanwhile: [`deliver`](Driver::deliver) then does this too, until it does.
    ///
    /// Returns [`Flow::Stop`] if the connection has to end, with the code that WebSocket would close with: the endpoint
    /// stops (1012), the client was silent for too long (1002), does not read (1013) or is gone (1006).
    pub async fn info(&mut self) -> Flow {
        if !self.socket.is_open() {
            return Flow::stop();
        }
        if let Some(end) = self.ending() {
            return end;
        }
        for info in self.inbox.take() {
            if let Some(end) = room(&self.line).await {
                return end;
            }
            let Some((socket, out)) = self.socket.parts() else { return Flow::stop() };
            let flow =
                call(&self.line, Callback::HandleInfo, async { socket.handle_info(info, out).await }).await;
            if !matches!(flow, Flow::Continue) {
                return flow;
            }
        }
        Flow::Continue
    }

    /// Calls `terminate` if [`init`](Driver::init) was called; a second time it does nothing. From now on the socket sends
    /// nothing, and other callbacks return [`Flow::stop`]. What it has sent can still be read from [`Outgoing`](super::Outgoing).
    pub fn terminate(&mut self, reason: Reason) {
        if self.socket.is_open() {
            self.inbox.close();
            self.line.close();
            self.socket.terminate(reason);
        }
    }

    /// Sends bytes of the transport's own, as they are, between what the socket sends: a greeting, a farewell. They count
    /// towards the outbox's limit. After [`terminate`](Driver::terminate) nothing is sent any more.
    pub fn write(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        if !bytes.is_empty() {
            self.line.write(bytes);
        }
    }

    /// The client gave a sign of life: see [`TransportOptions::timeout`](super::TransportOptions::timeout).
    pub fn hear(&self) {
        self.line.hear();
    }

    /// The identity of this connection among subscribers.
    pub fn id(&self) -> SubscriberId {
        self.socket.out().id()
    }

    /// The endpoint that the connection belongs to.
    pub fn handle(&self) -> &Handle {
        self.socket.out().handle()
    }

    /// Runs the connection's task, which the endpoint waits for when it stops: `run` is given the driver. A task that does
    /// not end when its mount's time to drain is over is dropped.
    pub fn spawn<F: Future<Output = ()> + Send + 'static>(self, run: impl FnOnce(Self) -> F) {
        let line = self.line.clone();
        let task = line.mounted.tasks.spawn(run(self));
        line.runs_in(task.abort_handle());
    }

    /// How the connection ends, if something asks for it.
    pub(super) fn ending(&self) -> Option<Flow> {
        ending(self.line.asked())
    }

    /// Waits while too much waits for the client, or the socket takes no messages; returns how the connection ends if
    /// something asks for it meanwhile.
    pub(super) async fn room(&mut self) -> Option<Flow> {
        loop {
            let Some((socket, _)) = self.socket.parts() else { return Some(Flow::stop()) };
            if let Some(end) = room(&self.line).await {
                return Some(end);
            }
            if socket.takes_messages() {
                return None;
            }
            taken(&self.line, socket, &self.inbox).await;
            match (self.line.asked(), self.info().await) {
                (Ask::Nothing, Flow::Continue) => {}
                (ask, Flow::Continue) => return Some(ending(ask).unwrap_or_else(Flow::stop)),
                (_, end) => return Some(end),
            }
        }
    }

    pub(super) fn line(&self) -> &Arc<Line> {
        &self.line
    }
}

impl<S: Socket> Drop for Driver<S> {
    fn drop(&mut self) {
        self.terminate(self.line.asked().reason());
        self.line.mounted.roster.leave(self.place);
    }
}

impl<S: Socket> fmt::Debug for Driver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("id", &self.id()).field("open", &self.socket.is_open()).finish()
    }
}

/// Runs a callback; a panic in it ends the connection, and nothing else. One that has to be left is dropped.
async fn call(line: &Line, callback: Callback, future: impl Future<Output = Flow> + Send) -> Flow {
    let watched = &line.mounted.watched;
    // In a box: the task keeps no room for it between callbacks.
    let mut running: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(watched.run(callback, future));
    let busy = line.busy();
    let outcome = poll_fn(|cx| {
        line.register(cx);
        let ask = line.asked();
        if matches!(ask, Ask::Late | Ask::Cut) {
            return Poll::Ready(Err(ask));
        }
        busy.begin_turn();
        let poll = running.as_mut().poll(cx);
        busy.end_turn();
        poll.map(Ok)
    });
    match outcome.await {
        Ok(Ok(flow)) => flow,
        Ok(Err(panic)) => {
            tracing::error!(socket = line.mounted.socket(), "a callback panicked: {panic}");
            stop(1011, Reason::Crash)
        }
        Err(ask) => {
            line.mounted.give_up(running, ask);
            ending(ask).unwrap_or_else(Flow::stop)
        }
    }
}

/// Waits while too much waits for the client; ends the connection if something asks for it meanwhile.
async fn room(line: &Line) -> Option<Flow> {
    poll_fn(|cx| {
        line.register(cx);
        match (line.is_crowded(), ending(line.asked())) {
            (true, None) => Poll::Pending,
            (true, end) => Poll::Ready(end),
            (false, _) => Poll::Ready(None),
        }
    })
    .await
}

/// Waits until a socket may take messages again, or has something else to do.
async fn taken<S: Socket>(line: &Line, socket: &mut S, inbox: &Inbox<S::Info>) {
    poll_fn(|cx| {
        line.register(cx);
        match socket.takes_messages() || !inbox.is_empty() || line.asked() != Ask::Nothing {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

fn ending(ask: Ask) -> Option<Flow> {
    ask.end().map(|(code, reason)| stop(code, reason))
}

fn stop(code: u16, reason: Reason) -> Flow {
    Flow::Stop { code, text: Cow::Borrowed(""), reason }
}
