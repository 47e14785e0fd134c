//! How a server stops.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How a server stops.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    /// Once it is cancelled, no connection is accepted.
    pub(crate) accepting: CancellationToken,
    /// Once both are cancelled, connections end with the request that is in flight.
    pub(crate) serving: CancellationToken,
    /// How long requests in flight may take after that.
    pub(crate) shutdown: Duration,
}

impl Stop {
    pub(crate) fn new(accepting: CancellationToken, shutdown: Duration) -> Self {
        Stop {
            accepting,
            serving: CancellationToken::new(),
            shutdown,
        }
    }

    /// Both at once.
    #[cfg(test)]
    pub(super) fn cancel(&self) {
        self.accepting.cancel();
        self.serving.cancel();
    }
}
