//! The shared half of a connection: what broadcasts, other tasks and the sweeper reach.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use tungstenite::protocol::frame::coding::{Control, OpCode};

use super::{
    deflate::Deflate,
    frame,
    framing::{Framed, frame, framing},
    outgoing::{Cork, Outgoing, Sent},
    wire::Wire,
};
use crate::{
    handle::Handle,
    message::{Message, Unsupported},
    pubsub::{
        Broadcast, BroadcastError, Encoder, Encoding, Form, Payload, Recipient, SubscriberId, Unsendable,
    },
    socket::{InboxWaker, Link, Reason, WebSocket},
    transport::{
        ask::{Ask, Asked},
        forwards::Forwards,
        mounted::Mounted,
        roster::Member,
    },
    watchdog::Watched,
};

/// How long a client may take to read what waits for it, and to answer a close frame.
const STALLED: u64 = 30_000;
/// How long a callback may take before its client is watched: whether it is there still.
const WATCHED: u64 = 1_000;
/// How long callbacks go on answering a client that has ended its half of the stream.
const LEFT: u64 = 5_000;
/// The client was heard since the last sweep.
const JUST_NOW: u64 = u64::MAX;
/// How long a closed connection waits for the client to end it too.
pub(super) const LINGER: u64 = 5_000;

/// The shared half of a connection.
pub(super) struct Peer<W> {
    id: SubscriberId,
    pub(super) mounted: Arc<Mounted>,
    pub(super) options: &'static WebSocket,
    pub(super) deflate: Option<Deflate>,
    encoder: &'static dyn Encoder,
    out: Mutex<Out<W>>,
    asked: Asked,
    /// The clock when the client was last heard, as of the first sweep after that: nobody is found silent too early.
    /// While a callback runs, when that began.
    heard: AtomicU64,
    /// The clock when the client last took something of what waits for it, or nothing waited. Once it has left, when.
    took: AtomicU64,
    /// A ping has been sent since the client was last heard.
    pinged: AtomicBool,
    /// A callback has not returned at once: the client's silence is not its fault.
    busy: AtomicBool,
    /// It has not returned for so long that the client is watched.
    watched: AtomicBool,
    /// The client has ended its half of the stream, or all of it.
    left: AtomicBool,
    /// The close frame is out: `heard` is when.
    closing: AtomicBool,
    /// More than half of the outbox's limit waits: callbacks wait too, and nothing is read.
    crowded: AtomicBool,
}

struct Out<W> {
    outgoing: Outgoing,
    /// `None` once the stream is given up.
    wire: Option<W>,
    waker: Option<Waker>,
    forwards: Forwards,
}

impl<W: Wire> Peer<W> {
    pub(super) fn new(
        id: SubscriberId,
        wire: W,
        mounted: Arc<Mounted>,
        options: &'static WebSocket,
        deflate: Option<Deflate>,
        encoder: &'static dyn Encoder,
    ) -> Arc<Self> {
        let now = mounted.clock.now();
        let (outgoing, forwards) = Default::default();
        Arc::new(Peer {
            id,
            mounted,
            options,
            deflate,
            encoder,
            out: Mutex::new(Out { outgoing, wire: Some(wire), waker: None, forwards }),
            asked: Asked::default(),
            heard: AtomicU64::new(JUST_NOW),
            took: AtomicU64::new(now),
            pinged: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            left: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            crowded: AtomicBool::new(false),
        })
    }

    /// Registers the task and writes what waits for the client. Says what is asked of the task, and whether something
    /// still waits.
    pub(super) fn attend(&self, cx: &mut Context<'_>) -> std::io::Result<(Ask, bool)> {
        let mut out = self.out();
        if !out.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            out.waker = Some(cx.waker().clone());
        }
        let waiting = self.write(&mut out, cx)?;
        drop(out);
        Ok((self.asked(), waiting))
    }

    /// What is asked of the task.
    pub(super) fn asked(&self) -> Ask {
        self.asked.get()
    }

    /// Writes what waits for the client, and says whether something still does.
    pub(super) fn flush(&self, cx: &mut Context<'_>) -> std::io::Result<bool> {
        self.write(&mut self.out(), cx)
    }

    fn write(&self, out: &mut Out<W>, cx: &mut Context<'_>) -> std::io::Result<bool> {
        let Out { outgoing, wire: Some(wire), .. } = out else { return Ok(false) };
        if outgoing.is_empty() {
            if self.is_crowded() {
                self.crowded.store(false, Ordering::Relaxed);
            }
            return Ok(false);
        }
        if outgoing.write(cx, wire)? > 0 {
            self.takes();
        }
        let waiting = outgoing.waiting();
        self.crowded.store(self.crowds(outgoing.held()), Ordering::Relaxed);
        Ok(waiting > 0)
    }

    /// Tells the client that nothing more comes.
    pub(super) fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match &self.out().wire {
            Some(wire) => wire.poll_shutdown(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    fn crowds(&self, held: usize) -> bool {
        held > self.options.outbox.limit / 2
    }

    pub(super) fn is_crowded(&self) -> bool {
        self.crowded.load(Ordering::Relaxed)
    }

    pub(super) fn hear(&self) {
        self.heard.store(JUST_NOW, Ordering::Relaxed);
        self.pinged.store(false, Ordering::Relaxed);
    }

    /// A callback has not returned at once.
    pub(super) fn set_busy(&self) {
        if !self.busy.load(Ordering::Relaxed) {
            self.heard.store(self.mounted.clock.now(), Ordering::Relaxed);
            // Who finds it busy finds since when.
            self.busy.store(true, Ordering::Release);
        }
    }

    /// No callback runs.
    pub(super) fn rest(&self) {
        if self.busy.load(Ordering::Relaxed) {
            self.busy.store(false, Ordering::Relaxed);
            self.watched.store(false, Ordering::Relaxed);
            self.hear();
        }
    }

    /// Whether a callback has run for so long that the stream is read ahead of it.
    pub(super) fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Relaxed)
    }

    /// The client took something of what waits for it. One that has left gets no more time by that.
    fn takes(&self) {
        if !self.left.load(Ordering::Relaxed) {
            self.took.store(self.mounted.clock.now(), Ordering::Relaxed);
        }
    }

    /// The client has ended its half of the stream, or all of it.
    pub(super) fn leaves(&self) {
        if !self.left.swap(true, Ordering::Relaxed) {
            self.took.store(self.mounted.clock.now(), Ordering::Relaxed);
        }
    }

    pub(super) fn cork(&self, buffer: Box<Cork>) {
        self.out().outgoing.cork(buffer, self.options.outbox.limit);
    }

    pub(super) fn uncork(&self) -> Option<Box<Cork>> {
        let Out { outgoing, wire, .. } = &mut *self.out();
        outgoing.uncork(wire.as_ref())
    }

    /// Queues the close frame as the last one.
    pub(super) fn close(&self, code: u16, text: &str) {
        self.out().outgoing.close(frame::close(code, text));
        self.hear();
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Drops what waits, so that a close frame gets through to a client that reads slowly.
    pub(super) fn discard(&self) {
        self.out().outgoing.discard();
    }

    /// Ends all subscriptions, and frees what waits.
    pub(super) fn abandon(&self) {
        self.leave_topics();
        self.out().outgoing.abandon();
        self.crowded.store(false, Ordering::Relaxed);
    }

    /// Gives up the stream, which is closed once its reading half is dropped too.
    pub(super) fn hang_up(&self) {
        self.abandon();
        let wire = self.out().wire.take();
        drop(wire);
    }

    pub(super) fn leave_topics(&self) {
        let forwards = std::mem::take(&mut self.out().forwards);
        forwards.leave(self.mounted.handle.pubsub());
    }

    pub(super) fn pong(&self, payload: Bytes) {
        self.control(Control::Pong, payload);
    }

    fn control(&self, control: Control, payload: Bytes) {
        let payload = payload.slice(..payload.len().min(125));
        self.push_frame(OpCode::Control(control), false, payload);
    }

    fn push_frame(&self, opcode: OpCode, compressed: bool, payload: Bytes) {
        let (head, len) = frame::head(opcode, compressed, payload.len());
        self.push_bytes(&head[..len], payload);
    }

    fn push_bytes(&self, head: &[u8], payload: Bytes) {
        let mut out = self.out();
        let sent = out.outgoing.push(head, payload, self.options.outbox.limit);
        if self.crowds(out.outgoing.held()) {
            self.crowded.store(true, Ordering::Relaxed);
        }
        drop(out);
        self.settle(sent);
    }

    /// The window in which messages are compressed; 0 if they are not.
    fn window(&self) -> u8 {
        self.deflate.map_or(0, |parameters| parameters.server_bits)
    }

    fn form(&self, encoding: Encoding) -> Form {
        Form { encoding, framing: framing(self.window()) }
    }

    fn settle(&self, sent: Sent) {
        match sent {
            Sent::Done => {}
            Sent::Queued => self.wake(),
            Sent::Dropped(count) => {
                self.mounted.handle.count_dropped(count);
                tracing::debug!(
                    socket = self.mounted.socket(),
                    count,
                    "dropped broadcasts for a slow client"
                );
                self.wake();
            }
            Sent::Overflow => self.ask(Ask::Overflow),
        }
    }

    fn ask(&self, ask: Ask) {
        if self.asked.raise(ask) {
            self.wake();
        }
    }

    fn out(&self) -> MutexGuard<'_, Out<W>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Wire> InboxWaker for Peer<W> {
    fn wake(&self) {
        let out = self.out();
        if let Some(waker) = &out.waker {
            waker.wake_by_ref();
        }
    }
}

impl<W: Wire> Recipient for Peer<W> {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn forward(&self, bytes: &Bytes) {
        let options = self.options.outbox;
        let mut out = self.out();
        let Out { outgoing, wire: Some(wire), .. } = &mut *out else { return };
        if !outgoing.admits(bytes, options) && outgoing.relieve(wire) > 0 {
            self.takes();
        }
        let sent = outgoing.send(bytes, wire, options);
        drop(out);
        self.settle(sent);
    }

    fn watched(&self) -> &Watched {
        &self.mounted.watched
    }

    /// A WebSocket carries every message: what is not sent was not encoded.
    fn unsendable(&self, _: Unsendable) {
        self.mounted.handle.count_unsendable();
    }
}

impl<W: Wire> Member for Peer<W> {
    fn sweep(&self, now: u64) {
        let since = |clock: &AtomicU64| now.saturating_sub(clock.load(Ordering::Relaxed));
        if self.heard.load(Ordering::Relaxed) == JUST_NOW {
            self.heard.store(now, Ordering::Relaxed);
        }
        if self.closing.load(Ordering::Relaxed) {
            if since(&self.heard) >= LINGER {
                self.ask(Ask::Over);
            }
            return;
        }
        if self.left.load(Ordering::Relaxed) {
            if since(&self.took) >= LEFT {
                self.ask(Ask::Gone);
            }
        } else if self.out().outgoing.is_empty() {
            self.took.store(now, Ordering::Relaxed);
        } else if since(&self.took) >= STALLED {
            self.ask(Ask::Overflow);
        }
        let options = self.options;
        if self.busy.load(Ordering::Acquire) {
            if since(&self.heard) >= options.callback_timeout.millis() {
                self.ask(Ask::Late);
            } else if since(&self.heard) >= WATCHED {
                self.watch();
            }
            return;
        }
        if since(&self.heard) >= options.timeout.millis() {
            self.ask(Ask::Timeout);
        } else if since(&self.heard) >= options.ping.millis() && !self.pinged.swap(true, Ordering::Relaxed) {
            self.ping(Bytes::new());
        }
    }

    fn drain(&self) {
        self.ask(Ask::Drain);
    }

    fn cut(&self) {
        self.ask(Ask::Cut);
    }
}

impl<W: Wire> Peer<W> {
    /// Looks whether the client is there still, and has the task do so.
    fn watch(&self) {
        if !self.watched.swap(true, Ordering::Relaxed) {
            self.wake();
        } else if self.out().wire.as_ref().is_some_and(Wire::has_left) {
            self.leaves();
        }
    }
}

impl<W: Wire> Link for Peer<W> {
    fn push(&self, message: Message) -> Result<(), Unsupported> {
        let Framed { opcode, compressed, payload } = frame(message, self.window());
        self.push_frame(opcode, compressed, payload);
        Ok(())
    }

    fn socket(&self) -> &'static str {
        self.mounted.socket()
    }

    fn ending(&self) -> Reason {
        self.asked().reason()
    }

    /// A WebSocket carries every message.
    fn cannot_send(&self, _: Unsupported) {}

    fn ping(&self, payload: Bytes) {
        self.control(Control::Ping, payload);
    }

    fn is_crowded(&self) -> bool {
        Peer::is_crowded(self)
    }

    fn max_message(&self) -> usize {
        self.options.max_message()
    }

    fn id(&self) -> SubscriberId {
        self.id
    }

    fn handle(&self) -> &Handle {
        &self.mounted.handle
    }

    fn watched(&self) -> &Watched {
        &self.mounted.watched
    }

    fn subscribe(self: Arc<Self>, topic: &str, encoding: Option<Encoding>) {
        if self.out().forwards.encoding(topic).is_some() {
            return;
        }
        let encoding = encoding.unwrap_or(self.encoder.into());
        let membership = self.mounted.handle.pubsub().forward(topic, self.clone(), self.form(encoding));
        self.out().forwards.add(membership, encoding);
    }

    fn unsubscribe(&self, topic: &str) {
        let gone = self.out().forwards.remove(topic);
        gone.leave(self.mounted.handle.pubsub());
    }

    fn broadcast(&self, topic: &str, event: &str, payload: Payload) -> Result<(), BroadcastError> {
        let pubsub = self.mounted.handle.pubsub();
        let Some(encoding) = self.out().forwards.encoding(topic) else {
            return pubsub.broadcast(topic, event, payload);
        };
        let broadcast = Broadcast::new(topic, event, payload);
        let bytes = pubsub.broadcast_beside(self, &self.form(encoding), broadcast)?;
        if !bytes.is_empty() {
            self.push_bytes(&[], bytes);
        }
        Ok(())
    }
}
