//! What happens to connections, until the link acts on it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// What has happened to the connections of a session.
#[derive(Default)]
pub(super) struct Trouble {
    state: Mutex<State>,
    happened: Notify,
}

#[derive(Default)]
struct State {
    lost: Option<String>,
    /// No longer than there are subscriptions: each is ended once.
    ended: Vec<String>,
}

/// What the link has to act on.
pub(super) enum Event {
    /// A connection is lost, for this reason.
    Lost(String),
    /// A server has ended the subscriptions of these channels: another one has them now.
    Ended(Vec<String>),
}

impl Trouble {
    /// A connection is lost. The first reason counts.
    pub(super) fn lose(&self, why: &str) {
        let mut state = self.state();
        if state.lost.is_none() {
            state.lost = Some(why.to_owned());
            self.happened.notify_one();
        }
    }

    pub(super) fn is_lost(&self) -> bool {
        self.state().lost.is_some()
    }

    /// A server has ended the subscription of a channel.
    pub(super) fn ended(&self, channel: String) {
        self.state().ended.push(channel);
        self.happened.notify_one();
    }

    /// The next event. A loss is one again each time.
    pub(super) async fn next(&self) -> Event {
        loop {
            if let Some(event) = self.take() {
                return event;
            }
            self.happened.notified().await;
        }
    }

    fn take(&self) -> Option<Event> {
        let mut state = self.state();
        if let Some(why) = &state.lost {
            return Some(Event::Lost(why.clone()));
        }
        let ended = std::mem::take(&mut state.ended);
        (!ended.is_empty()).then_some(Event::Ended(ended))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
