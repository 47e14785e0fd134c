//! The shared half of a connection: what broadcasts, other tasks and the sweeper reach.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
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
        Broadcast, BroadcastError, Encoder, Form, Payload, RenderKey, Run, Subscriber, SubscriberId, Variant,
    },
    socket::{InboxWaker, Link, Unsupported, WebSocket},
    transport::{
        ask::{Ask, Asked},
        forwards::Forwards,
        mounted::Mounted,
        roster::Member,
    },
};

/// How long a client may take to read what waits for it, and to answer a close frame.
const STALLED: u64 = 30_000;
/// The client was heard since the last sweep.
const JUST_NOW: u64 = u64::MAX;
/// How long a closed connection waits for the client to end it too.
pub(super) const LINGER: u64 = 5_000;

/// The shared half of a connection.
pub(super) struct Peer<W> {
    id: SubscriberId,
    pub(super) wire: W,
    pub(super) mounted: Arc<Mounted>,
    pub(super) options: &'static WebSocket,
    pub(super) deflate: Option<Deflate>,
    encoder: &'static dyn Encoder,
    out: Mutex<Out>,
    asked: Asked,
    /// The clock when the client was last heard, as of the first sweep after that: nobody is found silent too early.
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
        Arc::new(Peer {
            id,
            wire,
            mounted,
            options,
            deflate,
            encoder,
            out: Mutex::default(),
            asked: Asked::default(),
            heard: AtomicU64::new(JUST_NOW),
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
        self.asked.get()
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
        waiting > self.options.outbox.limit / 2
    }

    pub(super) fn is_crowded(&self) -> bool {
        self.crowded.load(Ordering::Relaxed)
    }

    pub(super) fn hear(&self) {
        self.heard.store(JUST_NOW, Ordering::Relaxed);
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
        if self.crowds(out.outgoing.waiting()) {
            self.crowded.store(true, Ordering::Relaxed);
        }
        drop(out);
        self.settle(sent);
    }

    /// A broadcast as frames of this connection's form.
    fn render(&self, form: Form, broadcast: &Broadcast) -> Bytes {
        match form.encode(broadcast) {
            Some(message) => {
                let (opcode, compressed, payload) = self.dress(message);
                frame::shared(opcode, compressed, &payload)
            }
            None => Bytes::new(),
        }
    }

    fn render_key(&self, form: Form) -> RenderKey {
        let bits = self.deflate.map_or(0, |parameters| parameters.server_bits);
        form.key(Variant::Frames(bits))
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
        if self.asked.raise(ask) {
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

    fn forward(&self, form: Form, run: &Run) {
        let bytes = run.bytes(self.id, self.render_key(form), &|broadcast| self.render(form, broadcast));
        if !bytes.is_empty() {
            let sent = self.out().outgoing.send(&bytes, &self.wire, self.options.outbox);
            self.settle(sent);
        }
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
        let options = self.options;
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
    fn push(&self, message: Message) -> Result<(), Unsupported> {
        let (opcode, compressed, payload) = self.dress(message);
        self.push_frame(opcode, compressed, payload);
        Ok(())
    }

    /// A WebSocket carries every message.
    fn cannot_send(&self, _: Unsupported) {}

    fn ping(&self, payload: Bytes) {
        self.control(Control::Ping, payload);
    }

    fn id(&self) -> SubscriberId {
        self.id
    }

    fn handle(&self) -> &Handle {
        &self.mounted.handle
    }

    fn subscribe(self: Arc<Self>, topic: &str, form: Option<Form>) {
        if self.out().forwards.form(topic).is_some() {
            return;
        }
        let form = form.unwrap_or(self.encoder.into());
        let subscriber: Arc<dyn Subscriber> = self.clone();
        let membership = self.mounted.handle.pubsub().forward(topic, subscriber, form);
        self.out().forwards.add(membership, form);
    }

    fn unsubscribe(&self, topic: &str) {
        let gone = self.out().forwards.remove(topic);
        gone.leave(self.mounted.handle.pubsub());
    }

    fn broadcast(&self, topic: &str, event: &str, payload: Payload) -> Result<(), BroadcastError> {
        let pubsub = self.mounted.handle.pubsub();
        let Some(form) = self.out().forwards.form(topic) else {
            return pubsub.broadcast(topic, event, payload);
        };
        let broadcast = Broadcast::new(topic, event, payload);
        let render = |broadcast: &Broadcast| self.render(form, broadcast);
        let bytes = pubsub.broadcast_beside(self.id, broadcast, self.render_key(form), &render)?;
        if !bytes.is_empty() {
            self.push_bytes(&[], bytes);
        }
        Ok(())
    }
}
