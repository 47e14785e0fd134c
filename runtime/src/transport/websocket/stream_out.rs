//! The way out of a WebSocket connection: straight to its stream, and through a queue where that
//! takes no more.

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use tungstenite::protocol::frame::coding::{Control, OpCode};

use super::{
    compression::Compression,
    cork::Cork,
    deflate::Deflate,
    frame,
    framing::{Framed, PLAIN, frame, framing},
    wire::Wire,
    write::WriteQueue,
};
use crate::{
    message::{Message, Unsupported},
    pubsub::{Encoder, Framing, SubscriberId},
    socket::{InboxWaker, OutboxOptions, WebSocket},
    transport::{
        connection::{
            clock::Since,
            out::{Out, Sent},
            shared::{Registered, Shared, State},
            stop::StopRequest,
            sweep::Swept,
        },
        context::MountContext,
    },
};

/// How long reading may pause before the client is watched: whether it is there still.
const WATCHED: u64 = 1_000;

/// The shared half of a WebSocket connection.
pub(super) type Peer<W> = Shared<StreamOut<W>>;

/// What is written to the stream, and the stream.
pub(super) struct StreamOut<W: Wire> {
    queue: WriteQueue,
    /// `None` once the stream is given up.
    wire: Option<W>,
}

impl<W: Wire> Drop for StreamOut<W> {
    fn drop(&mut self) {
        if let Some(wire) = self.wire.take() {
            wire.release();
        }
    }
}

/// What is reached without the lock.
pub(super) struct Side {
    pub(super) options: &'static WebSocket,
    pub(super) deflate: Option<Deflate>,
    framing: &'static Framing,
    /// Callbacks have not returned at once, or wait for something: nothing is read meanwhile.
    paused: Since,
    /// A ping has been sent since the client was last heard.
    pinged: AtomicBool,
    /// Reading has paused for so long that the client is watched.
    watched: AtomicBool,
    /// As much has been read ahead of it as may be: what the client has sent behind that, its end
    /// too, is not seen.
    blind: AtomicBool,
}

impl Side {
    fn compression(&self) -> Compression {
        Compression::from_number(self.framing.parameters)
    }
}

impl<W: Wire> Out for StreamOut<W> {
    type Side = Side;
    type Framed = Framed;

    const LINGER: u64 = 5_000;

    fn frame(side: &Side, message: Message) -> Result<Framed, Unsupported> {
        Ok(frame(message, side.compression()))
    }

    fn framing(side: &Side) -> &'static Framing {
        side.framing
    }

    #[inline]
    fn gather(&mut self, side: &Side, message: &Message, options: &OutboxOptions) -> bool {
        side.framing.parameters == PLAIN.parameters && self.queue.gather(message, options.limit / 2)
    }

    fn push(&mut self, framed: Framed, options: &OutboxOptions) -> Sent {
        let Framed {
            head,
            length,
            payload,
        } = framed;
        self.queue.push(&head[..length], payload, options.limit)
    }

    fn send(&mut self, bytes: &Bytes, options: &OutboxOptions) -> Sent {
        let StreamOut {
            queue,
            wire: Some(wire),
        } = self
        else {
            return Sent::Done;
        };
        queue.send(bytes, wire, *options)
    }

    fn make_way(&mut self, bytes: &Bytes, options: &OutboxOptions) -> bool {
        let StreamOut {
            queue,
            wire: Some(wire),
        } = self
        else {
            return false;
        };
        !queue.admits(bytes, *options) && queue.relieve(wire) > 0
    }

    fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    fn held(&self) -> usize {
        self.queue.held()
    }

    fn writer(&mut self, task: Option<&Waker>) -> Option<Waker> {
        task.cloned()
    }
}

impl<W: Wire> Swept for StreamOut<W> {
    fn is_listening(peer: &Peer<W>) -> bool {
        !peer.side.paused.goes_on() && !peer.is_over_high_water()
    }

    fn is_probed(peer: &Peer<W>) -> bool {
        peer.side.blind.load(Ordering::Relaxed)
    }

    fn ping(peer: &Peer<W>, payload: Bytes) {
        peer.control(Control::Ping, payload);
    }

    /// Looks whether the client is there still, and has the task do so.
    fn watch(peer: &Peer<W>, now: u64) {
        let paused = peer.side.paused.millis(now);
        if paused.is_none_or(|millis| millis < WATCHED) {
            return;
        }
        if !peer.side.watched.swap(true, Ordering::Relaxed) {
            peer.wake();
        } else if peer.state().out.wire.as_ref().is_some_and(Wire::has_left) {
            peer.client_leaves();
        }
    }

    fn is_silent(peer: &Peer<W>, millis: u64) {
        if millis < peer.side.options.ping.millis() {
            peer.side.pinged.store(false, Ordering::Relaxed);
        } else if !peer.side.pinged.swap(true, Ordering::Relaxed) {
            peer.control(Control::Ping, Bytes::new());
        }
    }
}

impl<W: Wire> Shared<StreamOut<W>> {
    pub(super) fn over_stream(
        from: (SubscriberId, Option<IpAddr>),
        wire: W,
        context: Arc<MountContext>,
        options: &'static WebSocket,
        deflate: Option<Deflate>,
        encoder: &'static dyn Encoder,
    ) -> Arc<Self> {
        let framing = framing(deflate.map_or(Compression::OFF, |deflate| {
            Compression::new(deflate.server_bits, &options.deflate_options)
        }));
        let out = StreamOut {
            queue: WriteQueue::default(),
            wire: Some(wire),
        };
        let (pinged, watched, blind) = Default::default();
        Shared::new(
            from,
            context,
            encoder,
            out,
            Side {
                options,
                deflate,
                framing,
                paused: Since::default(),
                pinged,
                watched,
                blind,
            },
        )
    }

    /// Registers the task and writes what waits for the client. Says why the connection is to stop,
    /// and whether something still waits. `registered` is the task that has been registered: most
    /// of the time it is this one, nothing waits, and the lock is not taken.
    #[inline]
    pub(super) fn attend(
        &self,
        cx: &mut Context<'_>,
        registered: &mut Registered,
    ) -> io::Result<(StopRequest, bool)> {
        let mut waiting = false;
        if !registered.is(cx.waker()) || self.waits() || self.is_over_high_water() {
            waiting = self.attend_locked(cx)?;
            *registered = Registered::of(cx.waker());
        }
        Ok((self.stop_request(), waiting))
    }

    #[inline(never)]
    fn attend_locked(&self, cx: &mut Context<'_>) -> io::Result<bool> {
        let mut state = self.state();
        state.register(cx);
        self.write(&mut state, cx)
    }

    /// Writes what waits for the client, and says whether something still does.
    pub(super) fn flush(&self, cx: &mut Context<'_>) -> io::Result<bool> {
        self.write(&mut self.state(), cx)
    }

    #[inline]
    fn write(&self, state: &mut State<StreamOut<W>>, cx: &mut Context<'_>) -> io::Result<bool> {
        if state.out.queue.is_empty() && !self.is_over_high_water() {
            self.note_waiting(false);
            return Ok(false);
        }
        self.write_queue(state, cx)
    }

    #[inline(never)]
    fn write_queue(
        &self,
        state: &mut State<StreamOut<W>>,
        cx: &mut Context<'_>,
    ) -> io::Result<bool> {
        let StreamOut {
            queue,
            wire: Some(wire),
        } = &mut state.out
        else {
            return Ok(false);
        };
        if queue.is_empty() {
            self.measure(state);
            return Ok(false);
        }
        let written = queue.write(cx, wire)?;
        let waiting = queue.waiting() > 0;
        self.note_waiting(waiting);
        if written > 0 {
            self.has_taken(state);
        } else {
            self.measure(state);
        }
        Ok(waiting)
    }

    /// Tells the client that nothing more comes.
    pub(super) fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &self.state().out.wire {
            Some(wire) => wire.poll_shutdown(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    /// Callbacks take a turn: what they push is gathered in the buffer.
    #[inline]
    pub(super) fn cork(&self, buffer: Box<Cork>) {
        self.state()
            .out
            .queue
            .cork(buffer, self.context.options.outbox.limit);
    }

    /// Writes what was gathered, and gives the buffer back. Says whether something still waits for
    /// the client, or did.
    pub(super) fn uncork(&self) -> (Option<Box<Cork>>, bool) {
        let mut state = self.state();
        let StreamOut { queue, wire } = &mut state.out;
        let cork = queue.uncork(wire.as_ref());
        let waits = !queue.is_empty() || self.is_over_high_water();
        if waits {
            self.note_waiting(true);
        }
        (cork, waits)
    }

    /// Whether reading has paused for so long that the stream is read ahead.
    pub(super) fn is_client_watched(&self) -> bool {
        self.side.watched.load(Ordering::Relaxed)
    }

    /// Callbacks have not returned at once.
    pub(super) fn pause_reading(&self) {
        self.side.paused.begin(&self.context.clock);
    }

    /// They have returned.
    pub(super) fn resume_reading(&self) {
        if self.side.paused.end() {
            self.side.watched.store(false, Ordering::Relaxed);
            self.side.blind.store(false, Ordering::Relaxed);
        }
    }

    /// No more is read ahead. The end of a client may stand behind a window that is closed, where
    /// nobody sees it; but the kernel of one that is gone answers what is sent to it by a reset,
    /// and that does show. So it is pinged, now and again.
    pub(super) fn probe(&self) {
        if !self.side.blind.swap(true, Ordering::Relaxed) {
            self.control(Control::Ping, Bytes::new());
        }
    }

    /// Queues the close frame as the last one.
    pub(super) fn close(&self, code: u16, text: &str) {
        let mut state = self.state();
        state.out.queue.close(frame::close(code, text));
        self.note_waiting(true);
        drop(state);
        self.begin_closing();
    }

    /// Drops what waits, so that a close frame gets through to a client that reads slowly.
    pub(super) fn discard(&self) {
        self.state().out.queue.discard();
    }

    /// Ends all subscriptions, and frees what waits.
    pub(super) fn abandon(&self) {
        self.leave_topics();
        let mut state = self.state();
        state.out.queue.abandon();
        self.measure(&state);
    }

    /// Gives up the stream, which is closed once its reading half is dropped too.
    pub(super) fn hang_up(&self) {
        self.abandon();
        let wire = self.state().out.wire.take();
        if let Some(wire) = wire {
            wire.release();
        }
    }

    pub(super) fn pong(&self, payload: Bytes) {
        self.control(Control::Pong, payload);
    }

    fn control(&self, control: Control, payload: Bytes) {
        let payload = payload.slice(..payload.len().min(125));
        self.put(Framed::new(OpCode::Control(control), false, payload));
    }
}
