//! The reasons that `terminate` of sockets and channels was told, by the `id` of the socket.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use landfall::socket::Reason;

use super::restart::Stoppable;

/// The state that all endpoints share. All of them write into it, and the first one shows it to
/// clients.
#[derive(Clone, Debug, Default)]
pub(super) struct Diary {
    entries: Arc<Mutex<HashMap<String, Vec<String>>>>,
    /// Whether static files are embedded.
    pub(super) embedded: bool,
    /// The endpoint that clients may have stopped.
    pub(super) stopper: Stoppable,
}

impl Diary {
    /// Notes why the socket of that identity ended.
    pub(super) fn note(&self, id: &str, reason: &Reason) {
        self.write(id, words(reason));
    }

    /// Notes why a channel of the socket with that identity ended.
    pub(super) fn note_channel(&self, id: &str, reason: &Reason) {
        self.write(id, format!("channel {}", words(reason)));
    }

    /// What was noted: one entry for each call of `terminate`.
    pub(super) fn read(&self, id: &str) -> Vec<String> {
        self.entries().get(id).cloned().unwrap_or_default()
    }

    fn write(&self, id: &str, entry: String) {
        self.entries().entry(id.to_owned()).or_default().push(entry);
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One word for the kind, the close code if there is one, and details after a colon.
fn words(reason: &Reason) -> String {
    match reason {
        Reason::Normal => "normal".to_owned(),
        Reason::Closed { code, text } if text.is_empty() => format!("closed {code}"),
        Reason::Closed { code, text } => format!("closed {code}: {text}"),
        Reason::Timeout => "timeout".to_owned(),
        Reason::Failed(text) => format!("failed: {text}"),
        Reason::Crash => "crash".to_owned(),
        Reason::Protocol(text) => format!("protocol: {text}"),
        Reason::Inactive => "inactive".to_owned(),
        Reason::Overflow => "overflow".to_owned(),
        Reason::Shutdown => "shutdown".to_owned(),
        Reason::Disconnected => "disconnected".to_owned(),
        Reason::Left => "left".to_owned(),
        Reason::Rejoined => "rejoined".to_owned(),
        other => format!("{other:?}"),
    }
}
