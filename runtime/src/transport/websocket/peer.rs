//! The shared half of a connection: what broadcasts, other tasks and the sweeper reach.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    task::{Context, Waker},
};

use bytes::Bytes;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::{
    deflate::{Deflate, deflate},
    frame,
    outgoing::{Outgoing, Sent},
    wire::Wire,
};
use crate::{
    handle::Handle,
    message::Message,
    pubsub::{
        Broadcast, BroadcastError, Encoder, Membership, Payload, RenderKey, Run, Subscriber, SubscriberId,
    },
    socket::{InboxWaker, Link},
    transport::{mounted::Mounted, roster::Member},
};

/// How long a client may take to read what waits for it, and to answer a close frame.
const STALLED: u64 = 30_000;
/// How long a closed connection waits for the client to end it too.
pub(super) const LINGER: u64 = 5_000;

/// What somebody else asks of a connection's task: the highest asked wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Ask {
    Nothing,
    /// The endpoint is shutting down.
    Drain,
    /// The client was silent for too long.
    Timeout,
    /// The client does not read.
    Overflow,
    /// End at once.
    Cut,
}

impl Ask {
    fn from_u8(value: u8) -> Ask {
        [Ask::Nothing, Ask::Drain, Ask::Timeout, Ask::Overflow, Ask::Cut]
            .into_iter()
            .find(|ask| *ask as u8 == value)
            .unwrap_or(Ask::Cut)
    }
}

/// The shared half of a connection.
pub(super) struct Peer<W> {
    id: SubscriberId,
    pub(super) wire: W,
    pub(super) mounted: Arc<Mounted>,
    pub(super) deflate: Option<Deflate>,
    encoder: &'static dyn Encoder,
    out: Mutex<Out>,
    ask: AtomicU8,
    /// The clock when the client was last heard.
    heard: AtomicU64,
    /// The clock when the client last took something of what waits for it, or nothing waited.
    took: AtomicU64,
    /// A ping has been sent since the client was last heard.
    pinged: AtomicBool,
    /// A callback is running: the client's silence is not its fault.
    busy: AtomicBool,
    /// The close frame is out: `heard` is when.
    closing: AtomicBool,
    /// More than half of the outbox's limit waits: callbacks wait too, and nothing is read.
    crowded: AtomicBool,
}

#[derive(Default)]
struct Out {
    outgoing: Outgoing,
    waker: Option<Waker>,
    forwards: Vec<Membership>,
}

impl<W: Wire> Peer<W> {
    pub(super) fn new(
        id: SubscriberId,
        wire: W,
        mounted: Arc<Mounted>,
        deflate: Option<Deflate>,
        encoder: &'static dyn Encoder,
    ) -> Arc<Self> {
        let now = mounted.clock.now();
        Arc::new(Peer {
            id,
            wire,
            mounted,
            deflate,
            encoder,
            out: Mutex::default(),
            ask: AtomicU8::new(Ask::Nothing as u8),
            heard: AtomicU64::new(now),
            took: AtomicU64::new(now),
            pinged: AtomicBool::new(false),
            busy: AtomicBool::new(false),
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
        Ask::from_u8(self.ask.load(Ordering::Acquire))
    }

    /// Writes what waits for the client, and says whether something still does.
    pub(super) fn flush(&self, cx: &mut Context<'_>) -> std::io::Result<bool> {
        self.write(&mut self.out(), cx)
    }

    fn write(&self, out: &mut Out, cx: &mut Context<'_>) -> std::io::Result<bool> {
        if out.outgoing.is_empty() {
            if self.is_crowded() {
                self.crowded.store(false, Ordering::Relaxed);
            }
            return Ok(false);
        }
        if out.outgoing.write(cx, &self.wire)? > 0 {
            self.took.store(self.mounted.clock.now(), Ordering::Relaxed);
        }
        let waiting = out.outgoing.waiting();
        self.crowded.store(self.crowds(waiting), Ordering::Relaxed);
        Ok(waiting > 0)
    }

    fn crowds(&self, waiting: usize) -> bool {
        waiting > self.mounted.websocket.outbox.limit / 2
    }

    pub(super) fn is_crowded(&self) -> bool {
        self.crowded.load(Ordering::Relaxed)
    }

    pub(super) fn hear(&self) {
        self.heard.store(self.mounted.clock.now(), Ordering::Relaxed);
        self.pinged.store(false, Ordering::Relaxed);
    }

    pub(super) fn set_busy(&self, busy: bool) {
        if self.busy.swap(busy, Ordering::Relaxed) && !busy {
            self.hear();
        }
    }

    pub(super) fn cork(&self, buffer: Vec<u8>) {
        self.out().outgoing.cork(buffer);
    }

    pub(super) fn uncork(&self) -> Vec<u8> {
        self.out().outgoing.uncork(&self.wire).unwrap_or_default()
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

    pub(super) fn leave_topics(&self) {
        let forwards = std::mem::take(&mut self.out().forwards);
        let pubsub = self.mounted.handle.pubsub();
        forwards.into_iter().for_each(|membership| pubsub.leave(membership));
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
        let sent = out.outgoing.push(head, payload, self.mounted.websocket.outbox.limit);
        if self.crowds(out.outgoing.waiting()) {
            self.crowded.store(true, Ordering::Relaxed);
        }
        drop(out);
        self.settle(sent);
    }

    /// A broadcast as frames of this connection's form.
    fn render(&self, encoder: &dyn Encoder, broadcast: &Broadcast) -> Bytes {
        match encoder.encode(broadcast) {
            Some(message) => {
                let (opcode, compressed, payload) = self.dress(message);
                frame::shared(opcode, compressed, &payload)
            }
            None => Bytes::new(),
        }
    }

    fn render_key(&self, encoder: &dyn Encoder) -> RenderKey {
        let variant = self.deflate.map_or(0, |parameters| parameters.server_bits);
        RenderKey { encoder: encoder.key(), variant }
    }

    /// A message as a frame: opcode, whether it is compressed, and payload.
    fn dress(&self, message: Message) -> (OpCode, bool, Bytes) {
        let opcode = OpCode::Data(match message {
            Message::Text(_) => Data::Text,
            Message::Binary(_) => Data::Binary,
        });
        let payload = message.into_bytes();
        match self.deflate.and_then(|parameters| deflate(&payload, parameters.server_bits)) {
            Some(compressed) => (opcode, true, compressed.into()),
            None => (opcode, false, payload),
        }
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
        if self.ask.fetch_max(ask as u8, Ordering::AcqRel) < ask as u8 {
            self.wake();
        }
    }

    fn out(&self) -> MutexGuard<'_, Out> {
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

impl<W: Wire> Subscriber for Peer<W> {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn forward(&self, encoder: &'static dyn Encoder, run: &Run) {
        let bytes =
            run.bytes(self.id, self.render_key(encoder), &|broadcast| self.render(encoder, broadcast));
        if !bytes.is_empty() {
            let sent = self.out().outgoing.send(&bytes, &self.wire, self.mounted.websocket.outbox);
            self.settle(sent);
        }
    }
}

impl<W: Wire> Member for Peer<W> {
    fn sweep(&self, now: u64) {
        let since = |clock: &AtomicU64| now.saturating_sub(clock.load(Ordering::Relaxed));
        if self.closing.load(Ordering::Relaxed) {
            if since(&self.heard) >= LINGER {
                self.ask(Ask::Cut);
            }
            return;
        }
        if self.out().outgoing.is_empty() {
            self.took.store(now, Ordering::Relaxed);
        } else if since(&self.took) >= STALLED {
            self.ask(Ask::Overflow);
        }
        if self.busy.load(Ordering::Relaxed) {
            return;
        }
        let options = &self.mounted.websocket;
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

impl<W: Wire> Link for Peer<W> {
    fn push(&self, message: Message) {
        let (opcode, compressed, payload) = self.dress(message);
        self.push_frame(opcode, compressed, payload);
    }

    fn ping(&self, payload: Bytes) {
        self.control(Control::Ping, payload);
    }

    fn id(&self) -> SubscriberId {
        self.id
    }

    fn handle(&self) -> &Handle {
        &self.mounted.handle
    }

    fn subscribe(self: Arc<Self>, topic: &str) {
        if self.out().forwards.iter().any(|membership| membership.topic() == topic) {
            return;
        }
        let subscriber: Arc<dyn Subscriber> = self.clone();
        let membership = self.mounted.handle.pubsub().forward(topic, subscriber, self.encoder);
        self.out().forwards.push(membership);
    }

    fn unsubscribe(&self, topic: &str) {
        let gone: Vec<_> = self.out().forwards.extract_if(.., |m| m.topic() == topic).collect();
        gone.into_iter().for_each(|membership| self.mounted.handle.pubsub().leave(membership));
    }

    fn broadcast(&self, topic: &str, event: &str, payload: Payload) -> Result<(), BroadcastError> {
        let pubsub = self.mounted.handle.pubsub();
        if !self.out().forwards.iter().any(|membership| membership.topic() == topic) {
            return pubsub.broadcast(topic, event, payload);
        }
        let broadcast = Broadcast::new(topic, event, payload);
        let render = |broadcast: &Broadcast| self.render(self.encoder, broadcast);
        let bytes = pubsub.broadcast_beside(self.id, broadcast, self.render_key(self.encoder), &render)?;
        if !bytes.is_empty() {
            self.push_bytes(&[], bytes);
        }
        Ok(())
    }
}
