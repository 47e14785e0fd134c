//! What a channel is joined with.

use std::sync::Arc;

use super::{conversation::Conversation, signal::Signal};
use crate::{pubsub::Payload, socket};

/// A join without the type of its channel.
pub(super) struct Seed<S> {
    pub(super) conversation: Arc<Conversation>,
    pub(super) signals: socket::Mailbox<Signal>,
    pub(super) payload: Payload,
    pub(super) socket: Arc<S>,
    pub(super) assigns: Option<&'static (dyn std::any::Any + Send + Sync)>,
    /// Bytes of the topic before what the `*` of the route's pattern stands for.
    pub(super) fixed: usize,
}
