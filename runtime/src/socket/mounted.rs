//! A mount as its socket sees it.

use tracing::Level;

use super::{Drainer, LongPoll, WebSocket};

/// What a mount sets, with the socket's own options where it sets nothing: what `connect`, children
/// and [`drain`](crate::Socket::drain) see of the mount that they belong to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Mounted {
    /// The path as it is declared, such as `"/room/:room_id"`.
    pub path: &'static str,
    /// The WebSocket transport; `None` if the mount has none.
    pub websocket: Option<WebSocket>,
    /// The longpoll transport; `None` if the mount has none.
    pub longpoll: Option<LongPoll>,
    /// How its connections drain; `None` closes all at once.
    pub drainer: Option<Drainer>,
    /// The level at which connections are logged; `None` is silent.
    pub log: Option<Level>,
}
