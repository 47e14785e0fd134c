//! Runs a socket's callbacks for a transport.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;

use super::{
    callbacks::{self, Running},
    connected::Connected,
    end::End,
    format::{Format, framing},
    guarded::Guarded,
    outgoing::Outgoing,
    pulled::Pulled,
    shared::Shared,
    stop::StopRequest,
};
use crate::{
    handle::Handle,
    message::{Control, Message},
    pubsub::{SocketEncoder, SubscriberId},
    socket::{Flow, Inbox, Outbox, Reason, Socket},
    transport::context::MountContext,
};

/// Runs the callbacks of one connection, one at a time, for a client that
/// [`Attempt::connect`](crate::transport::Attempt::connect) accepted.
///
/// Each function that runs a callback returns the socket's [`Flow`]. Run its future to completion:
/// dropping it cancels the callback halfway. After anything but [`Flow::Continue`] the transport
/// tells its client if it can, and calls [`terminate`](Driver::terminate). A callback that panics
/// counts as `Flow::Stop` with code 1011 and [`Reason::Crash`]. A callback that takes longer than
/// [`TransportOptions::callback_timeout`](crate::transport::TransportOptions) is cancelled, and
/// counts as `Flow::Stop` with code 1011. Callbacks wait while more than half of the outbox's limit
/// waits for the client.
///
/// A connection's task is [`init`](Driver::init), and then a loop:
///
/// ```
/// use landfall::{Message, Socket, socket::Flow, transport::Driver};
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
/// Dropping the driver ends the connection too. A socket whose `init` was called gets `terminate`
/// exactly once, whatever happens to the connection's task.
pub struct Driver<S: Socket> {
    socket: Guarded<S>,
    inbox: Inbox<S::Info>,
    shared: Arc<Shared<Pulled>>,
    /// The connection's slot in the registry.
    place: usize,
}

impl<S: Socket> Driver<S> {
    pub(in crate::transport) fn new<F: Format>(
        connected: Connected<S>,
        context: Arc<MountContext>,
    ) -> (Self, Outgoing) {
        let Connected {
            socket,
            id,
            peer,
            inbox,
        } = connected;
        let encoder = const { &SocketEncoder::<S>::new(S::encode) };
        let shared = Shared::new(
            (id, peer),
            context,
            encoder,
            Pulled::default(),
            framing::<F>(),
        );
        let place = shared.enter(&inbox);
        let socket = Guarded::new(socket, Outbox::new(shared.clone()));
        let outgoing = Outgoing::new(shared.clone());
        (
            Driver {
                socket,
                inbox,
                shared,
                place,
            },
            outgoing,
        )
    }

    /// Calls `init`: once, before everything else. A second call does nothing.
    pub async fn init(&mut self) -> Flow {
        let Driver { socket, shared, .. } = self;
        let is_open = socket.is_open();
        let Some(parts) = socket.begin() else {
            return if is_open {
                Flow::Continue
            } else {
                Flow::stop()
            };
        };
        run(shared, callbacks::boxed_init(parts, &**shared)).await
    }

    /// Calls `handle_in` with a message of the client.
    ///
    /// It waits for [`room`](Driver::room) first. If the connection has to end while it waits, it
    /// returns [`Flow::Stop`] without calling `handle_in`.
    pub async fn deliver(&mut self, message: Message) -> Flow {
        let Driver {
            socket,
            inbox,
            shared,
            ..
        } = self;
        let Some(parts) = socket.parts() else {
            return Flow::stop();
        };
        run(shared, callbacks::deliver(parts, &**shared, inbox, message)).await
    }

    /// Calls `handle_control` with a ping or pong of the client, if the transport has them. It
    /// waits as [`deliver`](Driver::deliver) does.
    pub async fn control(&mut self, control: Control) -> Flow {
        let Driver {
            socket,
            inbox,
            shared,
            ..
        } = self;
        let Some(parts) = socket.parts() else {
            return Flow::stop();
        };
        run(shared, callbacks::control(parts, &**shared, inbox, control)).await
    }

    /// Waits until [`info`](Driver::info) has something to do.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn ready(&mut self) {
        poll_fn(|cx| self.poll_ready(cx)).await;
    }

    pub(in crate::transport) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.shared.register(cx);
        let idle = self.shared.stop_request() == StopRequest::Nothing && self.inbox.is_empty();
        if idle && self.socket.is_open() {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }

    /// Calls `handle_info` with everything that waits in the mailbox. A socket of channels takes no
    /// messages while its callbacks have too much to do. [`deliver`](Driver::deliver) then calls
    /// `handle_info` too, until the socket takes messages again.
    ///
    /// Returns [`Flow::Stop`] if the connection has to end: see
    /// [`stop_requested`](Driver::stop_requested).
    pub async fn info(&mut self) -> Flow {
        if let Some(stop) = self.stop_requested() {
            return stop;
        }
        let Driver {
            socket,
            inbox,
            shared,
            ..
        } = self;
        let Some((socket, out)) = socket.parts() else {
            return Flow::stop();
        };
        let mut infos = inbox.take();
        if infos.is_empty() {
            return Flow::Continue;
        }
        run(
            shared,
            callbacks::boxed_infos((socket, out), &**shared, &mut infos),
        )
        .await
    }

    /// Waits until the client has taken enough of what waits for it, and the socket takes messages.
    /// [`deliver`](Driver::deliver) then calls `handle_in` at once. For transports that choose the
    /// next message as late as possible.
    ///
    /// Returns [`Flow::Stop`] if the connection has to end meanwhile.
    ///
    /// # Cancel safety
    /// Dropping the future may cancel a callback halfway: `room` calls `handle_info` while a socket
    /// of channels takes no messages.
    pub async fn room(&mut self) -> Flow {
        let Driver {
            socket,
            inbox,
            shared,
            ..
        } = self;
        let Some((socket, out)) = socket.parts() else {
            return Flow::stop();
        };
        if !shared.is_over_high_water() && socket.takes_messages() {
            return Flow::Continue;
        }
        let ready = callbacks::ready((socket, out), &**shared, inbox);
        run(shared, Box::pin(ready)).await
    }

    /// How the connection has to end, with WebSocket's close code, if a stop is requested: the
    /// endpoint is stopping (1012), somebody disconnects it (1001), the client was silent for too
    /// long (1002), does not read (1013) or is gone (1006). A request to stop completes
    /// [`ready`](Driver::ready), and makes callbacks that wait return.
    pub fn stop_requested(&self) -> Option<Flow> {
        if !self.socket.is_open() {
            return Some(Flow::stop());
        }
        End::requested(self.shared.stop_request()).map(Flow::from)
    }

    /// Calls `terminate` if [`init`](Driver::init) was called. A second call does nothing. From now
    /// on the socket sends nothing, and other callbacks return [`Flow::stop`]. What it has sent can
    /// still be read from [`Outgoing`].
    pub fn terminate(&mut self, reason: Reason) {
        if self.socket.is_open() {
            let _waiting = self.inbox.close();
            self.shared.close();
            self.socket.terminate(reason);
        }
    }

    /// Calls [`terminate`](Driver::terminate), and waits until the client has taken everything that
    /// the socket has sent, until `patience` completes, or until the endpoint's time to stop is
    /// over. What still waits then is dropped. For transports whose clients fetch their messages.
    pub async fn finish(mut self, reason: Reason, patience: impl Future<Output = ()>) {
        self.terminate(reason);
        let finished = poll_fn(|cx| self.shared.poll_finished(cx));
        tokio::select! {
            () = finished => {}
            () = patience => {}
        }
        if self.shared.discard() && self.shared.stop_request() == StopRequest::Cut {
            self.shared.count_cut_off();
        }
    }

    /// Sends bytes of the transport itself, unformatted, in order with what the socket sends: a
    /// greeting or a farewell, for example. They count towards the outbox's limit. After
    /// [`terminate`](Driver::terminate) nothing is sent any more.
    pub fn write(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        if !bytes.is_empty() {
            self.shared.write(bytes);
        }
    }

    /// Records a sign of life of the client: see
    /// [`TransportOptions::timeout`](crate::transport::TransportOptions::timeout).
    pub fn touch(&self) {
        self.shared.touch();
    }

    /// The identity of this connection among subscribers.
    pub fn id(&self) -> SubscriberId {
        self.socket.out().id()
    }

    /// The endpoint that the connection belongs to.
    pub fn handle(&self) -> &Handle {
        self.socket.out().handle()
    }

    /// Runs the connection's task: `run` is given the driver. The endpoint waits for the task when
    /// it stops. A task that has not ended when its mount's time to drain is over is dropped.
    pub fn spawn<F: Future<Output = ()> + Send + 'static>(self, run: impl FnOnce(Self) -> F) {
        let shared = self.shared.clone();
        let task = shared.context.handle.0.connections.spawn(run(self));
        shared.runs_in(task.abort_handle());
    }

    /// Like [`spawn`](Driver::spawn), for a task whose type is known to nobody.
    pub(in crate::transport) fn spawn_boxed(
        self: Box<Self>,
        run: impl FnOnce(Box<Self>) -> Pin<Box<dyn Future<Output = ()> + Send>>,
    ) {
        let shared = self.shared.clone();
        spawn_boxed(shared, run(self));
    }
}

impl<S: Socket> Drop for Driver<S> {
    fn drop(&mut self) {
        self.terminate(self.shared.stop_request().reason());
        self.shared.leave(self.place);
    }
}

impl<S: Socket> fmt::Debug for Driver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("id", &self.id())
            .field("open", &self.socket.is_open())
            .finish()
    }
}

fn spawn_boxed(shared: Arc<Shared<Pulled>>, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
    let task = shared.context.handle.0.connections.spawn(task);
    shared.runs_in(task.abort_handle());
}

/// Runs callbacks; those that have to be left are dropped. They are boxed, so that the task keeps no
/// room for them between calls.
async fn run(shared: &Shared<Pulled>, mut running: Running<'_>) -> Flow {
    let _returns = Returns(shared);
    let outcome = poll_fn(|cx| {
        shared.register(cx);
        let request = shared.stop_request();
        if matches!(request, StopRequest::Late | StopRequest::Cut) {
            return Poll::Ready(Err(request));
        }
        shared.begin_turn();
        let polled = shared.context.watched.turn(|| running.as_mut().poll(cx));
        shared.end_turn();
        polled.map(Ok)
    });
    match outcome.await {
        Ok(end) => end.map_or(Flow::Continue, |end| Flow::from(*end)),
        Err(request) => {
            shared.give_up(running, request);
            End::requested(request).map_or_else(Flow::stop, Flow::from)
        }
    }
}

/// No callback runs once this is dropped, a transport that dropped its future included.
struct Returns<'a>(&'a Shared<Pulled>);

impl Drop for Returns<'_> {
    fn drop(&mut self) {
        self.0.callback_returns();
    }
}
