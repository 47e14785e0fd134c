//! The shared half of a session: what requests reach, whichever node they came to.

use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::BytesMut;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::ledger::{Bookmark, Ledger, Reading};
use crate::{
    message::Message,
    transport::line::{Found, Line},
};

/// Requests with messages that may wait for the session.
const BATCHES: usize = 4;

/// The shared half of a session.
pub(super) struct Session {
    name: Box<str>,
    line: Arc<Line>,
    ledger: Mutex<Ledger>,
    batches: mpsc::Sender<Batch>,
}

/// The messages of one request, on their way to the session's task.
pub(super) struct Batch {
    pub(super) messages: Vec<Message>,
    /// How many have been handled.
    pub(super) handled: watch::Sender<usize>,
    /// The request has waited for too long: the rest is not to be handled.
    pub(super) late: Arc<AtomicBool>,
}

/// What a poll came to.
pub(super) enum Polled {
    /// Messages, as elements of the answer's list.
    Messages { elements: BytesMut, after: u64, mark: Bookmark },
    /// None came.
    Nothing { after: u64, mark: Bookmark },
    /// The socket has ended, and the client has all that it sent.
    Gone,
}

/// What became of a request with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Posted {
    /// All were handled.
    Handled,
    /// The session did not handle one in time.
    Late,
}

impl Session {
    pub(super) fn new(name: Box<str>, line: Arc<Line>) -> (Arc<Self>, mpsc::Receiver<Batch>) {
        let (batches, receiver) = mpsc::channel(BATCHES);
        (Arc::new(Session { name, line, ledger: Mutex::default(), batches }), receiver)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn line(&self) -> &Arc<Line> {
        &self.line
    }

    /// Waits for messages. Whoever polled before waits in vain from now on.
    ///
    /// # Cancel safety
    /// A poll that is dropped has taken nothing.
    pub(super) async fn poll(&self, mark: Bookmark, window: Duration) -> Polled {
        self.line.hear();
        let after = match self.ledger().poll(mark) {
            Reading::After(after) => after,
            Reading::Nothing => return self.nothing(mark.upto),
        };
        self.line.acknowledge(after);
        let turn = self.line.begin_reading();
        let read = timeout(window, poll_fn(|cx| self.line.poll_read(cx, turn, after)));
        match read.await {
            Ok(Found::Something((elements, newest))) => {
                Polled::Messages { elements, after, mark: self.ledger().answer(newest) }
            }
            Ok(Found::End) if self.line.mounted.is_stopping() => self.nothing(after),
            Ok(Found::End) => Polled::Gone,
            Err(_) => self.nothing(after),
        }
    }

    fn nothing(&self, after: u64) -> Polled {
        Polled::Nothing { after, mark: self.ledger().empty_answer(after) }
    }

    /// Has messages handled, in order, and waits until they are: so long for each.
    ///
    /// # Cancel safety
    /// What was handed over is handled, whether or not anybody waits for it.
    pub(super) async fn post(&self, mark: Bookmark, messages: Vec<Message>, window: Duration) -> Posted {
        let acknowledged = self.ledger().post(mark);
        self.line.acknowledge(acknowledged);
        let count = messages.len();
        if count == 0 {
            return Posted::Handled;
        }
        let (handled, mut progress) = watch::channel(0);
        let late = Arc::new(AtomicBool::new(false));
        if self.batches.try_send(Batch { messages, handled, late: late.clone() }).is_err() {
            return Posted::Late;
        }
        while *progress.borrow_and_update() < count {
            match timeout(window, progress.changed()).await {
                Ok(Ok(())) => {}
                // The session has ended.
                Ok(Err(_)) if *progress.borrow() == count => break,
                Ok(Err(_)) => return Posted::Late,
                Err(_) => {
                    late.store(true, Ordering::Release);
                    return Posted::Late;
                }
            }
        }
        Posted::Handled
    }

    /// An answer to a poll was not written in full.
    pub(super) fn tear(&self, after: u64, mark: Bookmark) {
        self.ledger().tear(after, mark);
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
