//! The shared half of a connection: what its task, broadcasts, other tasks and the sweeper reach.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Waker},
};

use super::{
    clock::Since,
    counts::{CountedFor, Counts},
    out::{Out, Sent},
    registry::Drainable,
    stop::{StopFlag, StopRequest},
    subscriptions::Subscriptions,
};
use crate::{
    contain,
    message::Message,
    pubsub::{Encoder, SubscriberId},
    socket::{Inbox, InboxWaker},
    transport::context::MountContext,
};

/// The client was heard since the last sweep.
pub(super) const JUST_NOW: u64 = u64::MAX;

/// The shared half of a connection.
pub(in crate::transport) struct Shared<O: Out> {
    pub(super) id: SubscriberId,
    /// The client's address, if it is known.
    pub(super) peer: Option<IpAddr>,
    /// The clock when it came, in seconds.
    pub(super) opened: u32,
    pub(super) counted_for: CountedFor,
    pub(in crate::transport) context: Arc<MountContext>,
    pub(in crate::transport) side: O::Side,
    pub(super) encoder: &'static dyn Encoder,
    state: Mutex<State<O>>,
    stop: StopFlag,
    /// The callback that runs has not returned at once.
    pub(super) busy: Since,
    /// The clock when the client was last heard, as of the first sweep after that: nobody is found
    /// silent too early. Once the client was told the end, when.
    pub(super) heard: AtomicU64,
    /// More than half of the outbox's limit waits: callbacks wait too, and nothing is read.
    over_high_water: AtomicBool,
    /// Something may wait for the client: set and taken back under the lock.
    waits: AtomicBool,
    /// The socket has ended, and the client is told.
    pub(super) closing: AtomicBool,
    /// The connection ends before its callback or what waits for its client has.
    cut_off: AtomicBool,
}

/// What is reached under the lock.
pub(in crate::transport) struct State<O> {
    pub(in crate::transport) out: O,
    /// The connection's task.
    task: Option<Waker>,
    pub(super) subscriptions: Subscriptions,
    /// `None` while nobody wants to know.
    pub(super) counts: Option<Box<Counts>>,
    /// The clock when the client last took something of what waits for it, or nothing waited. Once
    /// it has left, when.
    pub(super) last_write: u64,
    /// The client has ended its half of the stream, or all of it.
    pub(super) has_left: bool,
}

impl<O: Out> Shared<O> {
    pub(in crate::transport) fn new(
        (id, peer): (SubscriberId, Option<IpAddr>),
        context: Arc<MountContext>,
        encoder: &'static dyn Encoder,
        out: O,
        side: O::Side,
    ) -> Arc<Self> {
        let last_write = context.clock.now();
        let subscriptions = Subscriptions::default();
        let state = State {
            out,
            task: None,
            subscriptions,
            counts: None,
            last_write,
            has_left: false,
        };
        Arc::new(Shared {
            id,
            peer,
            opened: u32::try_from(last_write / 1000).unwrap_or(u32::MAX),
            counted_for: CountedFor::new(context.handle.0.figures.is_on()),
            context,
            side,
            encoder,
            state: Mutex::new(state),
            stop: StopFlag::default(),
            busy: Since::default(),
            heard: AtomicU64::new(JUST_NOW),
            over_high_water: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            cut_off: AtomicBool::new(false),
        })
    }

    /// Registers the connection at its mount, and has its mailbox wake it. Returns its place, which
    /// [`leave`](Shared::leave) wants.
    pub(in crate::transport) fn enter<I: Send + 'static>(
        self: &Arc<Self>,
        inbox: &Inbox<I>,
    ) -> usize
    where
        Self: Drainable,
    {
        inbox.set_waker(|| Arc::<Self>::downgrade(self));
        self.context.handle.socket_opened();
        self.context.meters.opened();
        let place = self.context.connections.enter(self.clone());
        if self.context.is_stopping() {
            // It came too late to be drained with the others.
            self.drain();
        }
        place
    }

    /// The connection is gone.
    pub(in crate::transport) fn leave(&self, place: usize) {
        // Counted first: the last one to leave completes the mount's drain.
        self.context.handle.socket_closed();
        self.context.meters.closed();
        self.context.connections.leave(place);
    }

    /// Registers the connection's task.
    pub(in crate::transport) fn register(&self, cx: &mut Context<'_>) {
        self.state().register(cx);
    }

    pub(in crate::transport) fn stop_request(&self) -> StopRequest {
        self.stop.get()
    }

    pub(in crate::transport) fn request_stop(&self, request: StopRequest) {
        if self.stop.raise(request) {
            self.wake();
        }
    }

    /// The client gave a sign of life.
    pub(in crate::transport) fn touch(&self) {
        self.heard.store(JUST_NOW, Ordering::Relaxed);
    }

    /// Callbacks wait until the client has taken some of what waits for it.
    pub(in crate::transport) fn is_over_high_water(&self) -> bool {
        self.over_high_water.load(Ordering::Relaxed)
    }

    /// Something may wait for the client.
    pub(in crate::transport) fn waits(&self) -> bool {
        self.waits.load(Ordering::Acquire)
    }

    /// Notes whether something may wait. Called under the lock, and before the task is woken.
    pub(in crate::transport) fn note_waiting(&self, waits: bool) {
        self.waits.store(waits, Ordering::Release);
    }

    /// A callback has not returned at once: it is timed from the first time on.
    pub(super) fn callback_waits(&self) {
        self.busy.begin(&self.context.clock);
    }

    /// The callback has returned, or is dropped. Most have returned at once, and pay for a load.
    pub(super) fn callback_returns(&self) {
        self.busy.end();
    }

    /// Sends a message of the socket's own, in the common case. If false, it has to be framed and
    /// [put](Shared::put).
    #[inline]
    pub(super) fn gather(&self, message: &Message) -> bool {
        self.state()
            .out
            .gather(&self.side, message, &self.context.options.outbox)
    }

    /// Sends something of the socket's own.
    pub(in crate::transport) fn put(&self, framed: O::Framed) {
        let mut state = self.state();
        let sent = state.out.push(framed, &self.context.options.outbox);
        if self.exceeds_high_water(&state) {
            self.over_high_water.store(true, Ordering::Relaxed);
        }
        if sent != Sent::Done {
            self.settle(state, sent);
        }
    }

    #[cold]
    pub(super) fn settle(&self, state: MutexGuard<'_, State<O>>, sent: Sent) {
        if self.exceeds_high_water(&state) {
            self.over_high_water.store(true, Ordering::Relaxed);
        }
        if sent == Sent::Overflow {
            drop(state);
            self.context.meters.slow();
            return self.request_stop(StopRequest::Overflow);
        }
        self.note_waiting(true);
        wake_writer(state);
        if let Sent::Dropped(count) = sent {
            self.context.handle.count_dropped(count);
            self.context.meters.dropped(count);
            tracing::debug!(
                socket = self.context.socket,
                count,
                "dropped broadcasts for a slow client"
            );
        }
    }

    fn exceeds_high_water(&self, state: &State<O>) -> bool {
        state.out.held() > self.context.options.outbox.limit / 2
    }

    /// The client took something. True if callbacks that waited for that can go on.
    pub(in crate::transport) fn has_taken(&self, state: &mut State<O>) -> bool {
        self.note_write(state);
        self.measure(state)
    }

    /// Notes how much waits. True if callbacks that waited can go on.
    pub(in crate::transport) fn measure(&self, state: &State<O>) -> bool {
        let exceeds = self.exceeds_high_water(state);
        let exceeded = self.is_over_high_water();
        if exceeds != exceeded {
            self.over_high_water.store(exceeds, Ordering::Relaxed);
        }
        exceeded && !exceeds
    }

    /// A client that has left gets no more time by what its stream takes.
    pub(super) fn note_write(&self, state: &mut State<O>) {
        if !state.has_left {
            state.last_write = self.context.clock.now();
        }
    }

    /// The client has ended its half of the stream, or all of it.
    pub(in crate::transport) fn client_leaves(&self) {
        let mut state = self.state();
        if !state.has_left {
            state.has_left = true;
            state.last_write = self.context.clock.now();
        }
    }

    /// The socket has ended: from here on, the client may take `Out::LINGER` to end the connection
    /// too.
    pub(in crate::transport) fn begin_closing(&self) {
        self.touch();
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Ends the subscriptions of the client.
    pub(in crate::transport) fn leave_topics(&self) {
        let subscriptions = std::mem::take(&mut self.state().subscriptions);
        subscriptions.leave(self.context.handle.pubsub());
    }

    /// The connection ends before its callback or what waits for its client has.
    pub(in crate::transport) fn count_cut_off(&self) {
        if !self.cut_off.swap(true, Ordering::Relaxed) {
            self.context.connections.count_cut_off();
        }
    }

    /// Drops what runs a callback that has to be left.
    pub(in crate::transport) fn give_up<T>(&self, callback: T, request: StopRequest) {
        if request == StopRequest::Cut {
            self.count_cut_off();
        } else {
            let socket = self.context.socket;
            tracing::warn!(
                socket,
                "a callback was given up: it took longer than `callback_timeout`"
            );
        }
        self.discard_callback(callback);
    }

    /// Drops what may run a callback.
    pub(in crate::transport) fn discard_callback<T>(&self, callback: T) {
        self.callback_returns();
        if let Err(panic) = contain::discard(callback) {
            let socket = self.context.socket;
            tracing::error!(
                socket,
                "what a callback held panicked when it was dropped: {panic}"
            );
        }
    }

    pub(in crate::transport) fn state(&self) -> MutexGuard<'_, State<O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Out> State<O> {
    pub(in crate::transport) fn register(&mut self, cx: &mut Context<'_>) {
        if !self
            .task
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            self.task = Some(cx.waker().clone());
        }
    }

    pub(in crate::transport) fn wake_task(&self) {
        if let Some(task) = &self.task {
            task.wake_by_ref();
        }
    }

    fn writer(&mut self) -> Option<Waker> {
        let State { out, task, .. } = self;
        out.writer(task.as_ref())
    }
}

/// Which task is registered at a connection, told from others by the address of its waker's data.
/// The connection keeps the waker, so that no other task gets the address.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::transport) struct Registered(usize);

impl Registered {
    pub(in crate::transport) fn of(waker: &Waker) -> Self {
        Registered(waker.data().addr())
    }

    /// Never true of wakers without data: they all look the same.
    pub(in crate::transport) fn is(self, waker: &Waker) -> bool {
        self.0 != 0 && self == Registered::of(waker)
    }
}

/// Wakes whoever brings to the client what waits for it, without the lock.
pub(super) fn wake_writer<O: Out>(mut state: MutexGuard<'_, State<O>>) {
    let writer = state.writer();
    drop(state);
    writer.into_iter().for_each(Waker::wake);
}

impl<O: Out> InboxWaker for Shared<O> {
    fn wake(&self) {
        self.state().wake_task();
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, task::Wake};

    use super::*;

    struct Task(#[expect(dead_code, reason = "tasks have data of their own")] u8);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn a_task_is_known_again_and_no_other_is_taken_for_it() {
        let [one, other] = [1, 2].map(|number| Waker::from(Arc::new(Task(number))));
        let registered = Registered::of(&one);
        assert!(registered.is(&one) && registered.is(&one.clone()));
        assert!(!registered.is(&other) && !Registered::default().is(&one));
        let noop = Waker::noop();
        assert!(!Registered::of(noop).is(noop), "all of these are alike");
    }
}
