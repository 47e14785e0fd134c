//! What all conversations with a channel have in common.

use tracing::Level;

use super::OnGap;
use crate::{socket::Timeout, telemetry::Log};

/// Chooses the level of a join by its topic.
pub type JoinLevel = fn(topic: &str) -> Option<Level>;
/// Chooses the level of a client's message by its topic and its event.
pub type HandleInLevel = fn(topic: &str, event: &str) -> Option<Level>;

/// What all conversations with a channel have in common.
#[derive(Debug)]
pub(super) struct Terms {
    /// Events that go to the channel, and not straight to the client.
    pub(super) intercept: &'static [&'static str],
    /// How long a callback may go on after its client has left.
    pub(super) shutdown: Timeout,
    /// What happens when broadcasts of other nodes may be lost.
    pub(super) on_gap: OnGap,
    /// The level at which joins are logged.
    pub(super) log_join: Log<JoinLevel>,
    /// The level at which messages of clients are logged.
    pub(super) log_handle_in: Log<HandleInLevel>,
}

impl Terms {
    /// Those of a channel that says nothing of its own.
    #[cfg(feature = "testing")]
    pub(super) const DEFAULT: &'static Terms = &Terms {
        intercept: &[],
        shutdown: Timeout::After(std::time::Duration::from_secs(5)),
        on_gap: OnGap::Rejoin,
        log_join: Log::At(Level::INFO),
        log_handle_in: Log::At(Level::DEBUG),
    };
}
