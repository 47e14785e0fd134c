//! What waits until the transport takes it.

use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::task::AbortHandle;

use super::{
    out::{Out, Sent},
    replay::{Full, ReplayQueue},
    shared::{Shared, wake_writer},
    stop::StopRequest,
    sweep::Swept,
};
use crate::{
    message::{Message, Unsupported},
    pubsub::Framing,
    socket::OutboxOptions,
};

/// The way out of a connection that a [`Driver`](super::Driver) drives: its transport takes what
/// waits, or reads it until its client has acknowledged it.
#[derive(Default)]
pub(in crate::transport) struct Pulled {
    queue: ReplayQueue,
    /// Pieces up to this number have been given to the client.
    given: u64,
    stage: Stage,
    /// The callbacks are being polled.
    in_turn: bool,
    /// How to end the task that does not end.
    task: Option<AbortHandle>,
    /// Who waits for pieces.
    reader: Option<Waker>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Open,
    /// Something was lost because the client does not read: what came after it may not get through
    /// either.
    Overflowed,
    /// The socket has ended: nothing is accepted any more.
    Closed,
}

impl Pulled {
    fn pushed(&mut self, pushed: Result<(), Full>) -> Sent {
        match pushed {
            Ok(()) => Sent::Queued,
            Err(Full) => {
                self.stage = Stage::Overflowed;
                Sent::Overflow
            }
        }
    }

    fn is_finished(&self) -> bool {
        self.stage == Stage::Closed && self.is_empty()
    }
}

impl Out for Pulled {
    type Side = &'static Framing;
    type Framed = Bytes;

    fn frame(framing: &Self::Side, message: Message) -> Result<Bytes, Unsupported> {
        framing.frame(message)
    }

    fn framing(framing: &Self::Side) -> &'static Framing {
        framing
    }

    fn push(&mut self, bytes: Bytes, options: &OutboxOptions) -> Sent {
        if self.stage != Stage::Open || bytes.is_empty() {
            return Sent::Done;
        }
        if !self.in_turn {
            // From a task that is not the connection's: a turn of its own.
            self.queue.begin_turn(options.limit);
        }
        let pushed = self.queue.push(bytes);
        self.pushed(pushed)
    }

    fn send(&mut self, bytes: &Bytes, options: &OutboxOptions) -> Sent {
        if self.stage != Stage::Open {
            return Sent::Done;
        }
        match self.queue.send(bytes.clone(), *options, self.given) {
            Ok(dropped @ 1..) => Sent::Dropped(dropped),
            sent => self.pushed(sent.map(drop)),
        }
    }

    fn is_empty(&self) -> bool {
        self.queue.bytes() == 0
    }

    fn held(&self) -> usize {
        self.queue.bytes()
    }

    fn writer(&mut self, _: Option<&Waker>) -> Option<Waker> {
        self.reader.take()
    }

    fn abort(&mut self) -> bool {
        self.task.take().inspect(AbortHandle::abort).is_some()
    }
}

impl Swept for Pulled {}

impl Shared<Pulled> {
    /// The task that runs the callbacks.
    pub(super) fn runs_in(&self, task: AbortHandle) {
        self.state().out.task = Some(task);
    }

    /// The callbacks are polled from now on.
    pub(super) fn begin_turn(&self) {
        let out = &mut self.state().out;
        out.queue.begin_turn(self.context.options.outbox.limit);
        out.in_turn = true;
    }

    /// They have returned, or wait.
    pub(super) fn end_turn(&self) {
        self.state().out.in_turn = false;
    }

    /// Takes the oldest piece that waits.
    pub(super) fn poll_pop(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = self.state();
        if let Some(bytes) = state.out.queue.pop() {
            if self.has_taken(&mut state) || state.out.is_finished() {
                state.wake_task();
            }
            return Poll::Ready(Some(bytes));
        }
        if state.out.stage == Stage::Closed {
            return Poll::Ready(None);
        }
        state.out.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// All pieces behind a number, and the number of the last. They are kept. `None` once the
    /// socket has ended and there are none.
    pub(super) fn poll_after(
        &self,
        cx: &mut Context<'_>,
        number: u64,
    ) -> Poll<Option<(Vec<Bytes>, u64)>> {
        let out = &mut self.state().out;
        if out.queue.has_after(number) {
            let pieces = out.queue.after(number).cloned().collect();
            out.given = out.queue.newest();
            return Poll::Ready(Some((pieces, out.given)));
        }
        if out.stage == Stage::Closed {
            return Poll::Ready(None);
        }
        out.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// The client has everything up to a number.
    pub(super) fn acknowledge(&self, number: u64) {
        let mut state = self.state();
        if state.out.queue.forget(number) {
            self.has_taken(&mut state);
            // There may be room again, or nothing left.
            state.wake_task();
        }
    }

    /// The transport's own words: the last ones come also after an overflow.
    pub(super) fn write(&self, bytes: Bytes) {
        let mut state = self.state();
        if state.out.stage == Stage::Overflowed {
            state.out.queue.push_last(bytes);
            wake_writer(state);
        } else {
            drop(state);
            self.put(bytes);
        }
    }

    /// Accepts nothing any more, and leaves all topics. What waits can still be taken.
    pub(super) fn close(&self) {
        self.begin_closing();
        let mut state = self.state();
        state.out.stage = Stage::Closed;
        wake_writer(state);
        self.leave_topics();
    }

    /// Completes when the client has taken all that waits, or has to be left with it.
    pub(super) fn poll_finished(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        state.register(cx);
        let finished = state.out.is_finished();
        drop(state);
        if finished || self.stop_request() == StopRequest::Cut {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Frees what waits: nobody will take it. True if anything did.
    pub(super) fn discard(&self) -> bool {
        let mut state = self.state();
        let any = !state.out.is_empty();
        state.out.queue.clear();
        self.measure(&state);
        any
    }
}
