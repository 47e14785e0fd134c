//! What the client says of its connection.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_nats::Event;
use tokio::sync::Notify;

/// What the client says of its connection. Taking an event never waits: the client drops events
/// that nobody takes.
#[derive(Debug, Default)]
pub(super) struct Signals {
    down: AtomicBool,
    lagging: AtomicBool,
    refusal: Mutex<Option<String>>,
    forbidden: Mutex<Vec<String>>,
    changed: Notify,
}

/// The most subjects that wait to be told of. A reader takes them at once.
const MOST: usize = 4096;

/// The subject that the server does not let the node subscribe, by the words of the server.
fn forbidden(refusal: &str) -> Option<&str> {
    let (_, rest) = refusal.split_once("Permissions Violation for Subscription to ")?;
    let (subject, _) = rest.strip_prefix('"')?.split_once('"')?;
    Some(subject)
}

/// What has been said since this was last asked.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The connection was lost.
    pub(super) down: bool,
    /// Messages were lost, since the client had no room for them.
    pub(super) lagging: bool,
    /// The server has refused something.
    pub(super) refusal: Option<String>,
    /// Subjects that the server does not let the node subscribe.
    pub(super) forbidden: Vec<String>,
}

impl Signals {
    pub(super) fn take(&self, event: Event) {
        match event {
            Event::Disconnected => self.down.store(true, Ordering::Release),
            Event::SlowConsumer(_) => self.lagging.store(true, Ordering::Release),
            Event::ServerError(error) => {
                let text = error.to_string();
                if let Some(subject) = forbidden(&text) {
                    let mut all = locked(&self.forbidden);
                    if all.len() < MOST {
                        all.push(subject.to_owned());
                    }
                }
                *locked(&self.refusal) = Some(text);
            }
            _ => {}
        }
        self.changed.notify_one();
    }

    /// Completes when something has been said.
    pub(super) async fn said(&self) -> Said {
        self.changed.notified().await;
        Said {
            down: self.down.swap(false, Ordering::AcqRel),
            lagging: self.lagging.swap(false, Ordering::AcqRel),
            refusal: locked(&self.refusal).take(),
            forbidden: std::mem::take(&mut locked(&self.forbidden)),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_subject_is_read_from_what_the_server_says() {
        for (said, subject) in [
            (
                r#"Permissions Violation for Subscription to "chat.topic.a""#,
                Some("chat.topic.a"),
            ),
            (
                r#"nats: Permissions Violation for Subscription to "a" using queue "b""#,
                Some("a"),
            ),
            (r#"Permissions Violation for Publish to "a""#, None),
            ("Permissions Violation for Subscription to ", None),
            ("Stale Connection", None),
        ] {
            assert_eq!(forbidden(said), subject, "{said}");
        }
    }
}
