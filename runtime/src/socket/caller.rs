//! Who asks a socket or a channel, and waits for the answer.

use std::{fmt, time::Duration};

use tokio::{sync::oneshot, time::timeout};

/// Who asks a socket or a channel, and waits for the answer: a part of the message that
/// [`Mailbox::call`](super::Mailbox::call) sends.
///
/// The answer may be given at once, or later from any task. Dropping it answers
/// [`CallError::Unanswered`].
pub struct Caller<T>(oneshot::Sender<T>);

impl<T> Caller<T> {
    /// A caller, and its other half.
    pub(crate) fn new() -> (Self, Answer<T>) {
        let (answer, answered) = oneshot::channel();
        (Caller(answer), Answer(answered))
    }

    /// Answers. Nothing happens if nobody waits any more.
    pub fn reply(self, answer: T) {
        let _ = self.0.send(answer);
    }

    /// Whether somebody still waits for the answer.
    pub fn is_waiting(&self) -> bool {
        !self.0.is_closed()
    }
}

impl<T> fmt::Debug for Caller<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("is_waiting", &self.is_waiting())
            .finish()
    }
}

/// An answer to come.
pub(crate) struct Answer<T>(oneshot::Receiver<T>);

impl<T> Answer<T> {
    /// Waits for it.
    pub(crate) async fn within(self, time: Duration) -> Result<T, CallError> {
        match timeout(time, self.0).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(CallError::Unanswered),
            Err(_) => Err(CallError::TimedOut),
        }
    }
}

/// Why a [call](super::Mailbox::call) has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError {
    /// The connection had ended, or the client had left the channel. It was not asked.
    Closed,
    /// The mailbox is full. It was not asked.
    Full,
    /// It ended before it answered, or dropped the [`Caller`].
    Unanswered,
    /// The answer did not come in time. What it was asked may still be handled.
    TimedOut,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CallError::Closed => "the mailbox is closed",
            CallError::Full => "the mailbox is full",
            CallError::Unanswered => "it ended without an answer",
            CallError::TimedOut => "the answer did not come in time",
        })
    }
}

impl std::error::Error for CallError {}
