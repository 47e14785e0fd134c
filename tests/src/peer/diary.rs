//! What sockets and their channels were told at their end, by the `id` that they connected with.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use landfall::socket::Reason;

/// One of the program: its endpoints write into it, and the first one reads to its clients what any of them wrote.
static ENTRIES: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);

/// Notes why the socket of that identity ended.
pub(super) fn note(id: &str, reason: &Reason) {
    write(id, words(reason));
}

/// Notes why a channel ended whose socket has that identity.
pub(super) fn note_channel(id: &str, reason: &Reason) {
    write(id, format!("channel {}", words(reason)));
}

fn write(id: &str, entry: String) {
    let mut entries = ENTRIES.lock().unwrap_or_else(PoisonError::into_inner);
    entries.entry(id.to_owned()).or_default().push(entry);
}

/// What was noted, once a call of `terminate`.
pub(super) fn read(id: &str) -> Vec<String> {
    ENTRIES
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(id)
        .cloned()
        .unwrap_or_default()
}

/// One word for the kind, with the close code if there is one, and what else is known after a colon.
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
