//! Channels: many conversations over one connection, as Phoenix's clients hold them.
//!
//! [`#[socket(channel(..))]`](macro@crate::socket#channels) says which channel serves which topics,
//! and [`#[channel]`](macro@crate::channel) turns an impl block into a [`Channel`]: one client's
//! conversation on one topic.
//!
//! ```
//! use landfall::prelude::*;
//! use serde_json::{Value, json};
//!
//! struct UserSocket;
//!
//! #[socket(channel("room:*", Room))]
//! impl UserSocket {
//!     async fn connect() -> Result<Self, Refused> {
//!         Ok(UserSocket)
//!     }
//! }
//!
//! struct Room;
//!
//! #[channel(UserSocket)]
//! impl Room {
//!     async fn join() -> Result<Self, JoinError> {
//!         Ok(Room)
//!     }
//!
//!     /// `channel.push("say", "ahoy")` of the client: all who are in the topic hear it.
//!     #[handle_in("say")]
//!     async fn say(&mut self, text: String, out: &mut Outlet) -> Result<(), BroadcastError> {
//!         out.broadcast("said", json!({"text": text}))
//!     }
//!
//!     /// What a handler returns is the reply.
//!     #[handle_in("ping")]
//!     async fn ping(&mut self) -> Reply {
//!         Reply::ok(json!({"pong": true}))
//!     }
//! }
//! ```
//!
//! # Presence
//!
//! A channel that keeps what [`Join::track`] returns shows everybody in its topic that its client
//! is here, for as long as the channel lives, however it ends. [`Outlet::push_presence`] tells the
//! client who else is here; from then on it hears of every change, and `Presence` of the `phoenix`
//! package keeps the list. Push it in `joined`: the client hears of changes only once it has
//! joined.
//!
//! ```
//! use landfall::{
//!     prelude::*,
//!     presence::{TrackError, Tracked},
//! };
//! use serde_json::json;
//! # struct UserSocket;
//! # #[socket(channel("room:*", Room))]
//! # impl UserSocket {
//! #     fn connect() -> Result<Self, Refused> { Ok(UserSocket) }
//! # }
//!
//! struct Room {
//!     me: Tracked,
//! }
//!
//! #[channel(UserSocket)]
//! impl Room {
//!     async fn join(#[payload] name: String, join: Join<Self>) -> Result<Self, JoinError> {
//!         let me = join.track(&name, json!({"away": false}))?;
//!         Ok(Room { me })
//!     }
//!
//!     async fn joined(&mut self, out: &mut Outlet) {
//!         out.push_presence().await;
//!     }
//!
//!     #[handle_in("away")]
//!     async fn away(&mut self, away: bool) -> Result<(), TrackError> {
//!         self.me.update(json!({"away": away}))?;
//!         Ok(())
//!     }
//! }
//! ```

// | file | what |
// | --- | --- |
// | `socket` | a connection that holds channels, as an application declares it |
// | `contract` | one conversation: state and callbacks of an application |
// | `needs` | what it and its channels take of the application's state |
// | `route` `terms` | which channel serves a topic, and on which terms |
// | `seed` `join` `event` | what callbacks are given |
// | `payload` `argument` | how methods of `#[channel]` get their arguments |
// | `answer` `join_error` | what callbacks answer |
// | `outlet` | what callbacks write to |
// | `mailbox` `signal` | how other tasks reach a channel |
// | `multiplexer` | the socket that holds the channels of a client, and drives their callbacks |
// | `table` | the channels of a connection |
// | `client` | what all channels of a client share, and the bound of what waits for them |
// | `slot` `conversation` | a client's conversation on a topic: the part of its socket, and the part that is shared |
// | `callback` `typed` | a channel without its type, and with it |
// | `instrumented` | joins and messages as events of instrumenters |
// | `log` | what is logged of joins and messages |
// | `handling` | what is logged and measured of a message while it is handled |
// | `away` | callbacks that run in tasks of their own |
// | `serializer` | the wire formats, and which one a client asks for |

mod answer;
pub(crate) mod argument;
mod away;
mod callback;
mod client;
mod contract;
mod conversation;
mod event;
mod handling;
mod instrumented;
mod join;
mod join_error;
mod log;
mod mailbox;
mod multiplexer;
pub(crate) mod needs;
mod on_gap;
mod outlet;
mod payload;
mod route;
mod seed;
mod serializer;
mod signal;
mod slot;
pub(crate) mod socket;
mod table;
mod terms;
mod typed;

pub use self::serializer::{
    ClientMessage, Name, NameRef, Ref, Requirement, Serializer, ServerMessage, Undecodable,
    UnsupportedVersion, V1, V2, Versioned, negotiate,
};
use self::signal::Signal;
pub use self::{
    answer::{Answer, IntoAnswer, Reply},
    contract::Channel,
    event::Event,
    instrumented::{ChannelJoin, ChannelReceive},
    join::{FromJoin, IntoJoined, Join, Joined},
    join_error::JoinError,
    mailbox::Mailbox,
    multiplexer::Multiplexer,
    on_gap::OnGap,
    outlet::{Outlet, SocketRef},
    payload::{Binary, FromEvent, InvalidPayload},
    route::Route,
    socket::ChannelSocket,
    terms::{HandleInLevel, JoinLevel},
};
use crate::handle::has_handle;
pub use crate::message::EncodeError;
pub use crate::pubsub::{IntoPayload, Json};

has_handle! {
    [C: Channel] Join<C>,
    [] Outlet,
    [] SocketRef,
}
