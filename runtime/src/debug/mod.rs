//! Who is here: the sockets of a running endpoint, their channels, the topics and who is in them
//! (Phoenix's `Phoenix.Debug`).
//!
//! The functions stand on the [`Handle`](crate::Handle), and answer at once:
//!
//! | function | what |
//! | --- | --- |
//! | [`list_sockets`](crate::Handle::list_sockets) | open sockets, so many at a time |
//! | [`socket`](crate::Handle::socket) | one of them, by its id |
//! | [`list_channels`](crate::Handle::list_channels) | the topics that one is in, with their channels |
//! | [`list_topics`](crate::Handle::list_topics) | topics with subscribers on this node, by name |
//! | [`list_members`](crate::Handle::list_members) | who is subscribed to a topic on this node |
//! | [`disconnect`](crate::Handle::disconnect) | ends a socket |
//!
//! ```
//! use landfall::{Handle, debug::Cursor};
//!
//! /// Ends the sockets for which more than a megabyte waits, a hundred at a time.
//! fn end_slow_ones(handle: &Handle) {
//!     let mut from = Some(Cursor::START);
//!     while let Some(cursor) = from {
//!         let page = handle.list_sockets(cursor, 100);
//!         for socket in page.items.iter().filter(|socket| socket.waiting_bytes > 1_000_000) {
//!             println!("{} at {} from {:?}", socket.id, socket.path, socket.peer);
//!             handle.disconnect(socket.id);
//!         }
//!         from = page.next;
//!     }
//! }
//! ```
//!
//! # What it costs
//!
//! Nothing while nobody asks, but 32 bytes of a connection: the client's address, when it came, and
//! whether anybody has asked, which is read for each message. An answer looks at the sockets from
//! outside, under short locks: no socket is woken, and one whose callback hangs is listed as any
//! other. [`list_topics`](crate::Handle::list_topics) looks at the names of all topics, those of
//! one worker thread after another, and broadcasts of that thread wait meanwhile.
//!
//! Messages and bytes are counted for a socket from the first time that it is asked about, until
//! nobody has asked for a minute: see [`Traffic`].

// | file | what |
// | --- | --- |
// | `info` | what is told of a socket, a channel and a topic |
// | `listed` | a part of a list, and where it goes on |
// | `directory` | who knows the sockets of an endpoint |

mod directory;
mod info;
mod listed;

pub(crate) use self::directory::Directory;
pub use self::{
    info::{ChannelInfo, SocketInfo, TopicInfo, Traffic},
    listed::{Cursor, Listed},
};

/// The maximum number of items that one call lists: 1,000.
pub const MOST: usize = 1_000;
