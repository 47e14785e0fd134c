//! Broadcasts of a topic, for tests.

use std::{fmt, time::Duration};

use tokio::time::{Instant, timeout_at};

use super::{
    caller::Caller,
    inbox::{MOST, QUIET},
    pushed::Pushed,
};
use crate::pubsub::{RecvError, Subscription};

/// A topic that a test listens to, without a client: [`Site::listen`](super::Site::listen).
#[derive(Debug)]
pub struct Topic {
    name: String,
    subscription: Subscription,
    unread: Vec<Pushed>,
    patience: Duration,
}

impl Topic {
    pub(super) fn new(name: &str, subscription: Subscription, patience: Duration) -> Self {
        Topic {
            name: name.to_owned(),
            subscription,
            unread: Vec::new(),
            patience,
        }
    }

    /// Waits for the next broadcast of this event. Earlier ones of other events wait until they are
    /// expected.
    ///
    /// # Panics
    /// When it does not come in time. The panic says what came instead.
    #[track_caller]
    pub fn expect(&mut self, event: &str) -> impl Future<Output = Pushed> + Send {
        let at = Caller::here();
        async move {
            if let Some(at) = self
                .unread
                .iter()
                .position(|pushed| pushed.event() == event)
            {
                return self.unread.remove(at);
            }
            let deadline = Instant::now() + self.patience;
            loop {
                match self.next(deadline).await {
                    Ok(pushed) if pushed.event() == event => return pushed,
                    Ok(pushed) => self.keep(pushed),
                    Err(why) => {
                        let came = list(&self.unread);
                        let topic = &self.name;
                        at.fail(format_args!(
                            "expected the broadcast `{event}` on `{topic}`, but {why}{came}"
                        ));
                    }
                }
            }
        }
    }

    /// Checks that nothing is unread, and that nothing is broadcast for 100 ms.
    ///
    /// # Panics
    /// When something is unread or broadcast.
    #[track_caller]
    pub fn expect_nothing(&mut self) -> impl Future<Output = ()> + Send {
        let at = Caller::here();
        async move {
            let deadline = Instant::now() + QUIET;
            while let Ok(pushed) = self.next(deadline).await {
                self.keep(pushed);
            }
            if !self.unread.is_empty() {
                let came = list(&self.unread);
                at.fail(format_args!(
                    "expected no broadcast on `{}`{came}",
                    self.name
                ));
            }
        }
    }

    /// Checks that no broadcast of this event is unread, and that none comes for 100 ms. Broadcasts
    /// of other events wait until they are expected.
    ///
    /// # Panics
    /// When one is unread or comes.
    #[track_caller]
    pub fn expect_no(&mut self, event: &str) -> impl Future<Output = ()> + Send {
        let at = Caller::here();
        async move {
            let deadline = Instant::now() + QUIET;
            while let Ok(pushed) = self.next(deadline).await {
                self.keep(pushed);
            }
            if let Some(came) = self.unread.iter().find(|pushed| pushed.event() == event) {
                let topic = &self.name;
                at.fail(format_args!(
                    "expected no broadcast `{event}` on `{topic}`, got\n    {came}"
                ));
            }
        }
    }

    fn keep(&mut self, pushed: Pushed) {
        assert!(
            self.unread.len() < MOST,
            "the test left {MOST} broadcasts unread"
        );
        self.unread.push(pushed);
    }

    /// The next broadcast, or why there is none.
    async fn next(&mut self, deadline: Instant) -> Result<Pushed, String> {
        match timeout_at(deadline, self.subscription.recv()).await {
            Ok(Ok(broadcast)) => Ok(Pushed::new(
                broadcast.topic(),
                broadcast.event(),
                broadcast.payload(),
                true,
            )),
            Ok(Err(error @ (RecvError::Lagged(_) | RecvError::Gap | RecvError::Closed))) => {
                Err(error.to_string())
            }
            Err(_) => Err(format!("it did not come within {:?}", self.patience)),
        }
    }
}

fn list(unread: &[impl fmt::Display]) -> String {
    let lines: String = unread
        .iter()
        .map(|pushed| format!("\n    {pushed}"))
        .collect();
    if lines.is_empty() {
        "; nothing else came".to_owned()
    } else {
        format!("; what came instead:{lines}")
    }
}
