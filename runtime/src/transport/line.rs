//! The shared half of a driven connection: what broadcasts, other tasks and the sweeper reach.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use tokio::task::AbortHandle;

use super::{
    ask::{Ask, Asked},
    forwards::Forwards,
    mounted::Mounted,
    queue::{Full, Queue},
    roster::Member,
};
use crate::{
    handle::Handle,
    message::{Message, Unsupported},
    pubsub::{
        Broadcast, BroadcastError, Encoder, Encoding, Form, Framing, Payload, Recipient, SubscriberId,
        Unsendable,
    },
    socket::{InboxWaker, Link, LongPoll, Reason, TransportKind},
    watchdog::Watched,
};

/// The shared half of a connection that a [`Driver`](super::Driver) drives.
pub(super) struct Line {
    id: SubscriberId,
    pub(super) mounted: Arc<Mounted>,
    encoder: &'static dyn Encoder,
    framing: &'static Framing,
    out: Mutex<Out>,
    asked: Asked,
    /// The lower half of the clock when the callback that runs had not returned at once; 0 if there is none.
    busy: AtomicU32,
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
    /// A callback is being polled.
    in_turn: bool,
    /// How to end the task that does not end.
    abort: Option<AbortHandle>,
    /// The task that runs the callbacks.
    task: Option<Waker>,
    /// Who waits for messages.
    reader: Option<Waker>,
    forwards: Forwards,
}

/// What a reader finds.
pub(super) enum Found {
    /// All that waits, and the number of the newest piece of it.
    Something(Vec<Bytes>, u64),
    /// The socket has ended, and nothing is left.
    End,
}

impl Line {
    pub(super) fn new(
        id: SubscriberId,
        mounted: Arc<Mounted>,
        encoder: &'static dyn Encoder,
        framing: &'static Framing,
    ) -> Arc<Self> {
        let heard = AtomicU64::new(mounted.clock.now());
        Arc::new(Line {
            id,
            mounted,
            encoder,
            framing,
            out: Mutex::default(),
            asked: Asked::default(),
            busy: AtomicU32::new(0),
            heard,
        })
    }

    /// The task that runs the callbacks.
    pub(super) fn runs_in(&self, task: AbortHandle) {
        self.out().abort = Some(task);
    }

    /// A callback runs until this is dropped.
    pub(super) fn busy(&self) -> Busy<'_> {
        Busy(self)
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

    /// Everything behind a number, and the number of the last. It is kept. Without a number,
    /// [`wake_reader`](Line::wake_reader) is awaited.
    pub(super) fn poll_read(&self, cx: &mut Context<'_>, after: Option<u64>) -> Poll<Found> {
        let mut out = self.out();
        if let Some(after) = after {
            if out.queue.has_after(after) {
                let all = out.queue.after(after).cloned().collect();
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
        let out = self.out();
        match out.overflowed {
            true => self.put_into(out, |out| {
                out.queue.push_last(bytes);
                Ok(0)
            }),
            false => self.put_into(out, |out| self.push_own(out, bytes)),
        }
    }

    fn put_own(&self, bytes: Bytes) {
        self.put(|out| self.push_own(out, bytes));
    }

    fn push_own(&self, out: &mut Out, bytes: Bytes) -> Result<usize, Full> {
        if !out.in_turn {
            // From a task that is not the connection's: a turn of its own.
            out.queue.begin_turn(self.mounted.options.outbox.limit);
        }
        out.queue.push(bytes).map(|()| 0)
    }

    fn put(&self, put: impl FnOnce(&mut Out) -> Result<usize, Full>) {
        let out = self.out();
        if !out.overflowed {
            self.put_into(out, put);
        }
    }

    fn put_into(&self, mut out: MutexGuard<'_, Out>, put: impl FnOnce(&mut Out) -> Result<usize, Full>) {
        if out.closed {
            return;
        }
        let put = put(&mut out);
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

    fn form(&self, encoding: Encoding) -> Form {
        Form { encoding, framing: self.framing }
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

/// A callback that runs.
pub(super) struct Busy<'a>(&'a Line);

impl Busy<'_> {
    /// It is polled now.
    pub(super) fn begin_turn(&self) {
        let limit = self.0.mounted.options.outbox.limit;
        let mut out = self.0.out();
        out.queue.begin_turn(limit);
        out.in_turn = true;
    }

    /// It has returned, or waits.
    pub(super) fn end_turn(&self) {
        self.0.out().in_turn = false;
        if self.0.busy.load(Ordering::Relaxed) == 0 {
            self.0.busy.store(lower_half(self.0.mounted.clock.now()), Ordering::Relaxed);
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.store(0, Ordering::Relaxed);
    }
}

/// Never 0. Enough for durations of less than seven weeks.
fn lower_half(clock: u64) -> u32 {
    clock as u32 | 1
}

impl InboxWaker for Line {
    fn wake(&self) {
        if let Some(waker) = &self.out().task {
            waker.wake_by_ref();
        }
    }
}

impl Recipient for Line {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn forward(&self, bytes: &Bytes) {
        let options = self.mounted.options.outbox;
        self.put(|out| out.queue.send(bytes.clone(), options, out.seen));
    }

    fn watched(&self) -> &Watched {
        &self.mounted.watched
    }

    fn unsendable(&self, reason: Unsendable) {
        match reason {
            Unsendable::Encoding => self.mounted.handle.count_unsendable(),
            Unsendable::Framing(error) => self.cannot_send(error),
        }
    }
}

impl Member for Line {
    fn sweep(&self, now: u64) {
        let silence = now.saturating_sub(self.heard.load(Ordering::Relaxed));
        if silence > self.mounted.options.timeout.millis() {
            self.ask(Ask::Timeout);
        }
        let busy = self.busy.load(Ordering::Relaxed);
        if busy != 0
            && u64::from(lower_half(now).wrapping_sub(busy)) >= self.mounted.options.callback_timeout.millis()
        {
            self.ask(Ask::Late);
        }
    }

    fn drain(&self) {
        self.ask(Ask::Drain);
    }

    fn cut(&self) {
        self.ask(Ask::Cut);
    }

    fn abort(&self) -> bool {
        let task = self.out().abort.take();
        task.inspect(AbortHandle::abort).is_some()
    }
}

impl Link for Line {
    fn push(&self, message: Message) -> Result<(), Unsupported> {
        let bytes = (self.framing.frame)(message)?;
        if !bytes.is_empty() {
            self.put_own(bytes);
        }
        Ok(())
    }

    fn ping(&self, _: Bytes) {}

    fn is_crowded(&self) -> bool {
        Line::is_crowded(self)
    }

    fn max_message(&self) -> usize {
        match (self.mounted.kind, &self.mounted.mount.longpoll) {
            (TransportKind::LongPoll, Some(longpoll)) => longpoll.max_body_size,
            // A transport of the application's own has no limit that is known here.
            _ => LongPoll::DEFAULT.max_body_size,
        }
    }

    fn id(&self) -> SubscriberId {
        self.id
    }

    fn handle(&self) -> &Handle {
        &self.mounted.handle
    }

    fn socket(&self) -> &'static str {
        self.mounted.socket()
    }

    fn ending(&self) -> Reason {
        self.asked().reason()
    }

    fn cannot_send(&self, error: Unsupported) {
        Line::cannot_send(self, error);
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
            self.put_own(bytes);
        }
        Ok(())
    }
}
