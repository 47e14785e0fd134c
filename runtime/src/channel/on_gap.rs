//! What a channel does when broadcasts may be lost.

/// What a channel does when broadcasts of other nodes to its topic may be lost, because the broker
/// was away, or a node could not reach it: [`Channel::ON_GAP`](super::Channel::ON_GAP).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnGap {
    /// Nothing.
    Ignore,
    /// It is told, by [`handle_gap`](super::Channel::handle_gap).
    Tell,
    /// It ends, and its client is told `phx_error`: it joins again, and reads the state anew.
    #[default]
    Rejoin,
}
