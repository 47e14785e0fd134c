//! The shared half of a session: what requests reach, whichever node they came to.

use std::{
    future::{Future, pending, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};

use super::{
    channel::{Receiver, Sender, channel},
    ledger::{Bookmark, Ledger, Reading},
    wire::Messages,
};
use crate::{
    handle::Handle,
    message::Message,
    transport::{Replay, Unacknowledged},
};

/// Requests with messages that may wait for the session at a time.
const BATCHES: usize = 4;
/// Bytes that waiting requests may take in addition to the largest body.
const BEYOND: usize = 1024 * 1024;
/// Memory of requests is counted in units of this many bytes.
const UNIT: usize = 1024;

/// The shared half of a session.
pub(super) struct PollSession {
    name: Box<str>,
    replay: Replay,
    state: Mutex<State>,
    batches: Sender<Batch>,
    /// Units that batches may take. If there are too few, a batch waits in its request.
    room: Arc<Semaphore>,
    /// The total number of units.
    units: u32,
}

#[derive(Default)]
struct State {
    ledger: Ledger,
    /// The number of polls so far. Only the latest one reads.
    polls: u64,
    /// The waker of the poll that waits.
    waits: Option<Waker>,
}

impl State {
    /// Makes the waiting poll check again.
    fn wake(&mut self) {
        self.waits.take().into_iter().for_each(Waker::wake);
    }
}

/// The messages of one request, on their way to the session's task.
pub(super) struct Batch {
    /// `None` if the request has waited for too long: the rest must not be handled.
    messages: Arc<Mutex<Option<Messages>>>,
    /// The number of messages that have been handled.
    pub(super) handled: watch::Sender<usize>,
    _room: OwnedSemaphorePermit,
}

/// A reservation for the messages of one request, from before its body is read until they are
/// handled.
pub(super) struct Room(OwnedSemaphorePermit);

impl Batch {
    /// The next message to handle.
    pub(super) fn next(&self) -> Option<Message> {
        self.messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()?
            .next()
    }
}

/// The outcome of a poll.
pub(super) enum Polled {
    /// Messages, as elements of the answer's list. Empty if none came.
    Answer(Vec<Bytes>, Receipt),
    /// The socket has ended, and the client has everything that it sent.
    Gone,
    /// The client has polled again.
    Superseded,
}

/// The content of an answer to a poll. If it is dropped before it is [`written`](Receipt::written),
/// the session sends it again.
pub(super) struct Receipt {
    session: Arc<PollSession>,
    mark: Bookmark,
    written: bool,
}

impl Receipt {
    fn new(session: &Arc<PollSession>, mark: Bookmark) -> Self {
        Receipt {
            session: session.clone(),
            mark,
            written: false,
        }
    }

    pub(super) fn mark(&self) -> Bookmark {
        self.mark
    }

    pub(super) fn written(mut self) {
        self.written = true;
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        self.session.settle(self.mark, self.written);
    }
}

/// The outcome of a request with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Posted {
    /// All were handled.
    Handled,
    /// The session did not handle one in time.
    Late,
}

impl PollSession {
    /// A body has at most `largest` bytes.
    pub(super) fn new(
        name: Box<str>,
        replay: Replay,
        largest: usize,
    ) -> (Arc<Self>, Receiver<Batch>) {
        let (batches, receiver) = channel(BATCHES);
        let units = units(largest.saturating_add(BEYOND));
        let room = Arc::new(Semaphore::new(units as usize));
        (
            Arc::new(PollSession {
                name,
                replay,
                state: Mutex::default(),
                batches,
                room,
                units,
            }),
            receiver,
        )
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The endpoint that the session belongs to.
    pub(super) fn handle(&self) -> &Handle {
        self.replay.handle()
    }

    /// Waits for messages until the window ends. It supersedes the poll before it.
    ///
    /// # Cancel safety
    /// A poll that is dropped has taken nothing.
    pub(super) async fn poll(
        self: &Arc<Self>,
        mark: Bookmark,
        window: Pin<&mut impl Future<Output = ()>>,
    ) -> Polled {
        self.replay.touch();
        let turn = self.begin(mark);
        tokio::select! {
            biased;
            polled = poll_fn(|cx| self.poll_read(cx, turn)) => polled,
            () = window => self.nothing(&mut self.state()),
        }
    }

    /// Keeps a superseded poll waiting. If it were answered at once, a client that takes its answer
    /// would poll again and supersede the other poll, and so on.
    pub(super) async fn sit_out(
        self: &Arc<Self>,
        window: Pin<&mut impl Future<Output = ()>>,
    ) -> Polled {
        tokio::select! {
            () = window => {}
            // The session has ended.
            () = self.batches.closed() => {}
        }
        self.nothing(&mut self.state())
    }

    fn begin(&self, mark: Bookmark) -> u64 {
        let mut state = self.state();
        state.polls += 1;
        self.replay.acknowledge(state.ledger.poll(mark));
        // Tells the previous poll that it is superseded.
        state.wake();
        state.polls
    }

    fn poll_read(self: &Arc<Self>, cx: &mut Context<'_>, turn: u64) -> Poll<Polled> {
        let mut state = self.state();
        if turn < state.polls {
            return Poll::Ready(Polled::Superseded);
        }
        state.waits = Some(cx.waker().clone());
        let after = match state.ledger.reading() {
            Reading::After(after) => after,
            Reading::Nothing => return Poll::Ready(self.nothing(&mut state)),
            Reading::Later => return Poll::Pending,
        };
        Poll::Ready(match ready!(self.replay.poll_after(cx, after)) {
            Some(Unacknowledged { messages, upto }) => {
                Polled::Answer(messages, Receipt::new(self, state.ledger.answer(upto)))
            }
            // Clients ask again, and another node answers.
            None if self.replay.is_draining() => self.nothing(&mut state),
            None => Polled::Gone,
        })
    }

    fn nothing(self: &Arc<Self>, state: &mut State) -> Polled {
        Polled::Answer(Vec::new(), Receipt::new(self, state.ledger.empty_answer()))
    }

    /// Records that an answer was written in full, or never will be.
    fn settle(&self, mark: Bookmark, written: bool) {
        let mut state = self.state();
        if state.ledger.settle(mark, written) {
            state.wake();
        }
    }

    /// Has messages handled in order, and waits until they are, at most `window` for each.
    ///
    /// # Cancel safety
    /// Messages that were handed over are handled, whether or not anybody waits for it.
    pub(super) async fn post(&self, room: Room, messages: Messages, window: Duration) -> Posted {
        let count = messages.len();
        if count == 0 {
            return Posted::Handled;
        }
        let (handled, mut progress) = watch::channel(0);
        let messages = Arc::new(Mutex::new(Some(messages)));
        let batch = Batch {
            messages: messages.clone(),
            handled,
            _room: room.0,
        };
        if self.batches.try_send(batch).is_err() {
            return Posted::Late;
        }
        while *progress.borrow_and_update() < count {
            match timeout(window, progress.changed()).await {
                Ok(Ok(())) => {}
                // The session has ended.
                Ok(Err(_)) if *progress.borrow() == count => break,
                Ok(Err(_)) => return Posted::Late,
                Err(_) => {
                    *messages.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    return Posted::Late;
                }
            }
        }
        Posted::Handled
    }

    /// Reserves room for messages, in the order of the requests. `None` if there is none in time.
    /// `mark` says what the client has.
    pub(super) async fn room(
        &self,
        mark: Bookmark,
        bytes: usize,
        window: Duration,
    ) -> Option<Room> {
        let acknowledged = self.state().ledger.post(mark);
        self.replay.acknowledge(acknowledged);
        let units = units(bytes).saturating_add(1).min(self.units);
        let room = self.room.clone().acquire_many_owned(units);
        tokio::select! {
            biased;
            room = timeout(window, room) => Some(Room(room.ok()?.ok()?)),
            // The session has ended.
            () = self.batches.closed() => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

/// When the endpoint stops, clients have this long to fetch what sockets sent last.
pub(super) const FAREWELL: Duration = Duration::from_secs(1);

/// Completes after this time, or soon after the sockets begin to drain.
pub(super) async fn window(handle: &Handle, length: Duration) {
    let draining = &handle.0.draining;
    let stopping = async {
        if draining.is_cancelled() {
            return pending().await;
        }
        draining.cancelled().await;
        sleep(FAREWELL).await;
    };
    tokio::select! {
        () = sleep(length) => {}
        () = stopping => {}
    }
}
