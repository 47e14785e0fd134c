//! Received messages that wait to be expected.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

use super::pipe::Closed;

/// Most messages that wait. A test that leaves more of them unread fails.
pub(super) const MOST: usize = 10_000;
/// How long a test waits to see that nothing comes.
pub(super) const QUIET: Duration = Duration::from_millis(100);

/// Messages for one reader, in the order in which they came.
#[derive(Debug)]
pub(super) struct Inbox<T> {
    state: Mutex<State<T>>,
    changed: Notify,
}

#[derive(Debug)]
struct State<T> {
    waiting: VecDeque<T>,
    lost: usize,
    end: Option<End>,
    /// The test has been told of the end.
    told: bool,
}

/// Why no more messages come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The channel ended with this event.
    Channel(&'static str),
    /// The connection ended.
    Connection(Closed),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Channel(event) => write!(f, "the channel ended with `{event}`"),
            End::Connection(closed) => write!(f, "the connection closed with {closed}"),
        }
    }
}

/// What came instead of what was expected.
#[derive(Debug)]
pub(super) struct Missing {
    patience: Duration,
    unread: Vec<String>,
    end: Option<End>,
}

/// The second half of a sentence whose first half says what was expected.
impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.end {
            Some(end) => write!(f, ", but {end}")?,
            None => write!(f, ", but it did not come within {:?}", self.patience)?,
        }
        list(f, &self.unread)
    }
}

fn list(f: &mut fmt::Formatter<'_>, unread: &[String]) -> fmt::Result {
    /// Lines say enough.
    const SHOWN: usize = 20;

    if unread.is_empty() {
        return f.write_str("; nothing else came");
    }
    f.write_str("; what came instead:")?;
    unread
        .iter()
        .take(SHOWN)
        .try_for_each(|message| write!(f, "\n    {message}"))?;
    match unread.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => write!(f, "\n    and {more} more"),
    }
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        let state = State {
            waiting: VecDeque::new(),
            lost: 0,
            end: None,
            told: false,
        };
        Inbox {
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }
}

impl<T: fmt::Display> Inbox<T> {
    pub(super) fn put(&self, message: T) {
        let mut state = self.lock();
        if state.end.is_some() {
            return;
        }
        if state.waiting.len() == MOST {
            state.lost += 1;
        } else {
            state.waiting.push_back(message);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// No more messages come. Received ones can still be read.
    pub(super) fn end(&self, end: End) {
        self.lock().end.get_or_insert(end);
        self.changed.notify_one();
    }

    pub(super) fn ended(&self) -> Option<End> {
        self.lock().end.clone()
    }

    /// Takes the first message that fits. The others stay.
    pub(super) async fn take(
        &self,
        patience: Duration,
        mut fits: impl FnMut(&T) -> bool + Send,
    ) -> Result<T, Missing> {
        let found = timeout(patience, async {
            loop {
                if let Some(found) = self.try_take(patience, &mut fits) {
                    return found;
                }
                self.changed.notified().await;
            }
        });
        found.await.unwrap_or_else(|_| Err(self.missing(patience)))
    }

    fn try_take(
        &self,
        patience: Duration,
        fits: &mut (impl FnMut(&T) -> bool + Send),
    ) -> Option<Result<T, Missing>> {
        let mut state = self.lock();
        let at = state.waiting.iter().position(fits);
        if let Some(message) = at.and_then(|at| state.waiting.remove(at)) {
            return Some(Ok(message));
        }
        let lost = state.lost;
        assert!(
            lost == 0,
            "the test left {MOST} messages unread, and {lost} more are lost"
        );
        let ended = state.end.is_some();
        drop(state);
        ended.then(|| Err(self.missing(patience)))
    }

    /// Waits for the end, and skips what comes before.
    pub(super) async fn take_end(&self, patience: Duration) -> Result<End, Missing> {
        let ended = timeout(patience, async {
            loop {
                if let Some(end) = self.ended() {
                    self.lock().told = true;
                    return end;
                }
                self.changed.notified().await;
            }
        });
        ended.await.map_err(|_| self.missing(patience))
    }

    /// Waits for a while. Returns the beginning of a message that came.
    pub(super) async fn quiet(&self, fits: impl Fn(&T) -> bool) -> Result<(), String> {
        tokio::time::sleep(QUIET).await;
        let state = self.lock();
        let unread: Vec<String> = state
            .waiting
            .iter()
            .filter(|message| fits(message))
            .map(T::to_string)
            .collect();
        let end = state
            .end
            .as_ref()
            .filter(|_| !state.told)
            .map(End::to_string);
        let came: Vec<String> = unread.into_iter().chain(end).take(20).collect();
        if came.is_empty() {
            Ok(())
        } else {
            Err(came.join("\n    "))
        }
    }

    fn missing(&self, patience: Duration) -> Missing {
        let state = self.lock();
        let unread = state.waiting.iter().map(T::to_string).collect();
        Missing {
            patience,
            unread,
            end: state.end.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
