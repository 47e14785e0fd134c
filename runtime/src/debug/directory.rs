//! Who knows the sockets of an endpoint.

use super::{ChannelInfo, Cursor, Listed, SocketInfo};
use crate::pubsub::SubscriberId;

/// The sockets of an endpoint, as its handle reaches them. No call may block.
pub(crate) trait Directory: Send + Sync {
    /// At most `most` sockets from here on.
    fn sockets(&self, from: Cursor, most: usize) -> Listed<SocketInfo>;

    fn socket(&self, id: SubscriberId) -> Option<SocketInfo>;

    /// Those of these sockets that are there.
    #[cfg(feature = "dashboard")]
    fn sockets_of(&self, ids: &[SubscriberId]) -> Vec<SocketInfo>;

    /// At most `most` topics of a socket.
    fn channels(&self, id: SubscriberId, most: usize) -> Option<Vec<ChannelInfo>>;

    /// The channel that serves a topic, if some mounted socket has one.
    fn channel_of(&self, topic: &str) -> Option<&'static str>;

    /// Has a socket end. False if it is not there.
    fn disconnect(&self, id: SubscriberId) -> bool;
}
