//! What all conversations with a channel have in common.

use super::OnGap;
use crate::socket::Timeout;

/// What all conversations with a channel have in common.
#[derive(Debug)]
pub(super) struct Terms {
    /// Events that go to the channel, and not straight to the client.
    pub(super) intercept: &'static [&'static str],
    /// How long a callback may go on after its client has left.
    pub(super) shutdown: Timeout,
    /// What happens when broadcasts of other nodes may be lost.
    pub(super) on_gap: OnGap,
}

impl Terms {
    /// Those of a channel that says nothing of its own.
    #[cfg(feature = "testing")]
    pub(super) const DEFAULT: &'static Terms = &Terms {
        intercept: &[],
        shutdown: Timeout::After(std::time::Duration::from_secs(5)),
        on_gap: OnGap::Rejoin,
    };
}
