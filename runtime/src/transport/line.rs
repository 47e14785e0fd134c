//! The shared half of a driven connection: what broadcasts, other tasks and the sweeper reach.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::{Bytes, BytesMut};

use super::{
    ask::{Ask, Asked},
    format::Look,
    forwards::Forwards,
    mounted::Mounted,
    queue::{Full, Queue},
    roster::Member,
};
use crate::{
    handle::Handle,
    message::Message,
    pubsub::{
        Broadcast, BroadcastError, Encoder, Form, Payload, RenderKey, Run, Subscriber, SubscriberId, Variant,
    },
    socket::{InboxWaker, Link, Unsupported},
};

/// The shared half of a connection that a [`Driver`](super::Driver) drives.
pub(super) struct Line {
    id: SubscriberId,
    pub(super) mounted: Arc<Mounted>,
    encoder: &'static dyn Encoder,
    look: Look,
    out: Mutex<Out>,
    asked: Asked,
    /// The clock when the client was last heard.
    heard: AtomicU64,
}

#[derive(Default)]
struct Out {
    queue: Queue,
    /// Pieces up to this number have been given to the client.
    seen: u64,
    /// Something was lost because the client does not read: what came after it may not get through either.
    overflowed: bool,
    /// The socket has ended: nothing is accepted any more.
    closed: bool,
    /// The task that runs the callbacks.
    task: Option<Waker>,
    /// Who waits for messages.
    reader: Option<Waker>,
    forwards: Forwards,
}

/// What a reader finds.
pub(super) enum Found {
    /// All that waits, and the number of the newest piece of it.
    Something(BytesMut, u64),
    /// The socket has ended, and nothing is left.
    End,
}

impl Line {
    pub(super) fn new(
        id: SubscriberId,
        mounted: Arc<Mounted>,
        encoder: &'static dyn Encoder,
        look: Look,
    ) -> Arc<Self> {
        let heard = AtomicU64::new(mounted.clock.now());
        Arc::new(Line { id, mounted, encoder, look, out: Mutex::default(), asked: Asked::default(), heard })
    }

    pub(super) fn hear(&self) {
        // Exactly, and not as of the last sweep: nobody is found silent too early.
        self.heard.store(self.mounted.clock.read(), Ordering::Relaxed);
    }

    pub(super) fn asked(&self) -> Ask {
        self.asked.get()
    }

    pub(super) fn ask(&self, ask: Ask) {
        if self.asked.raise(ask) {
            self.wake();
        }
    }

    /// The task that runs the callbacks wants to be woken.
    pub(super) fn register(&self, cx: &mut Context<'_>) {
        let mut out = self.out();
        if !out.task.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            out.task = Some(cx.waker().clone());
        }
    }

    /// More than half of the limit waits: callbacks wait too.
    pub(super) fn is_crowded(&self) -> bool {
        self.out().queue.bytes() > self.mounted.options.outbox.limit / 2
    }

    /// Takes the oldest piece that waits.
    pub(super) fn poll_pop(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut out = self.out();
        let before = out.queue.bytes();
        if let Some(bytes) = out.queue.pop() {
            let half = self.mounted.options.outbox.limit / 2;
            let room_again = before > half && out.queue.bytes() <= half;
            drop(out);
            if room_again {
                self.wake();
            }
            return Poll::Ready(Some(bytes));
        }
        if out.closed {
            return Poll::Ready(None);
        }
        out.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Everything behind a number, one after the other, and the number of the last. It is kept. Without a number,
    /// [`wake_reader`](Line::wake_reader) is awaited.
    pub(super) fn poll_read(&self, cx: &mut Context<'_>, after: Option<u64>) -> Poll<Found> {
        let mut out = self.out();
        if let Some(after) = after {
            if out.queue.has_after(after) {
                let mut all = BytesMut::new();
                out.queue.after(after).for_each(|bytes| all.extend_from_slice(bytes));
                let newest = out.queue.newest();
                out.seen = newest;
                return Poll::Ready(Found::Something(all, newest));
            }
            if out.closed {
                return Poll::Ready(Found::End);
            }
        }
        out.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Has the reader look again.
    pub(super) fn wake_reader(&self) {
        let reader = self.out().reader.take();
        reader.into_iter().for_each(Waker::wake);
    }

    /// The client has everything up to a number.
    pub(super) fn acknowledge(&self, number: u64) {
        if self.out().queue.forget(number) {
            // There may be room again.
            self.wake();
        }
    }

    /// True if the socket has ended and nothing waits for the client.
    pub(super) fn is_over(&self) -> bool {
        let out = self.out();
        out.closed && out.queue.bytes() == 0
    }

    /// Accepts nothing any more, and leaves all topics. What waits can still be read.
    pub(super) fn close(&self) {
        let mut out = self.out();
        out.closed = true;
        let forwards = std::mem::take(&mut out.forwards);
        let reader = out.reader.take();
        drop(out);
        forwards.leave(self.mounted.handle.pubsub());
        reader.into_iter().for_each(Waker::wake);
    }

    /// Frees what waits: nobody will read it.
    pub(super) fn discard(&self) {
        self.out().queue.clear();
    }

    /// The transport's own words: the last ones come also after an overflow.
    pub(super) fn write(&self, bytes: Bytes) {
        let limit = self.mounted.options.outbox.limit;
        self.put_into(self.out(), |queue, _| queue.push(bytes, limit).map(|()| 0));
    }

    fn put_own(&self, bytes: Bytes) {
        let limit = self.mounted.options.outbox.limit;
        self.put(|queue, _| queue.push(bytes, limit).map(|()| 0));
    }

    fn put(&self, put: impl FnOnce(&mut Queue, u64) -> Result<usize, Full>) {
        let out = self.out();
        if !out.overflowed {
            self.put_into(out, put);
        }
    }

    fn put_into(
        &self,
        mut out: MutexGuard<'_, Out>,
        put: impl FnOnce(&mut Queue, u64) -> Result<usize, Full>,
    ) {
        if out.closed {
            return;
        }
        let seen = out.seen;
        let put = put(&mut out.queue, seen);
        out.overflowed |= put.is_err();
        let reader = out.reader.take();
        drop(out);
        reader.into_iter().for_each(Waker::wake);
        match put {
            Ok(0) => {}
            Ok(count) => {
                self.mounted.handle.count_dropped(count);
                tracing::debug!(
                    socket = self.mounted.socket(),
                    count,
                    "dropped broadcasts for a slow client"
                );
            }
            Err(Full) => self.ask(Ask::Overflow),
        }
    }

    /// A broadcast as this line's clients see it.
    fn render(&self, form: Form, broadcast: &Broadcast) -> Bytes {
        let message = form.encode(broadcast);
        let formatted = message.map(|message| (self.look.format)(message)).transpose();
        formatted
            .unwrap_or_else(|error| {
                self.cannot_send(error);
                None
            })
            .unwrap_or_default()
    }

    fn render_key(&self, form: Form) -> RenderKey {
        form.key(Variant::Format(self.look.key))
    }

    fn cannot_send(&self, error: Unsupported) {
        tracing::error!(
            socket = self.mounted.socket(),
            transport = %self.mounted.kind,
            "a message was not sent: {error}; help: `try_push` returns this error, and `Connect::transport` tells the transport"
        );
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InboxWaker for Line {
    fn wake(&self) {
        if let Some(waker) = &self.out().task {
            waker.wake_by_ref();
        }
    }
}

impl Subscriber for Line {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn forward(&self, form: Form, run: &Run) {
        let bytes = run.bytes(self.id, self.render_key(form), &|broadcast| self.render(form, broadcast));
        if !bytes.is_empty() {
            let options = self.mounted.options.outbox;
            self.put(|queue, seen| queue.send(bytes, options, seen));
        }
    }
}

impl Member for Line {
    fn sweep(&self, now: u64) {
        let silence = now.saturating_sub(self.heard.load(Ordering::Relaxed));
        if silence > self.mounted.options.timeout.millis() {
            self.ask(Ask::Timeout);
        }
    }

    fn drain(&self) {
        self.ask(Ask::Drain);
    }

    fn cut(&self) {
        self.ask(Ask::Cut);
    }
}

impl Link for Line {
    fn push(&self, message: Message) -> Result<(), Unsupported> {
        let bytes = (self.look.format)(message)?;
        if !bytes.is_empty() {
            self.put_own(bytes);
        }
        Ok(())
    }

    fn ping(&self, _: Bytes) {}

    fn id(&self) -> SubscriberId {
        self.id
    }

    fn handle(&self) -> &Handle {
        &self.mounted.handle
    }

    fn cannot_send(&self, error: Unsupported) {
        Line::cannot_send(self, error);
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
            self.put_own(bytes);
        }
        Ok(())
    }
}
