//! What expansions of the macros name. Nothing here is for people; it may change with any version.
//!
//! | file | what |
//! | --- | --- |
//! | `check` | checks of constants and of facts that span two items |
//! | `text` | messages put together in constants |

mod check;
mod text;

pub use std::time::Duration;

pub use tracing::Level;

pub use self::check::{
    at_least, check_paths, drainer, mount, positive, session, subprotocols, timeout, transport_path,
};
pub use crate::{
    config::{Extra, Http, PubSubSettings, Setting, Settings, Url},
    endpoint::{Endpoint, EndpointDef},
    message::Message,
    origin::CheckOrigin,
    pipeline::{Pipeline, plug},
    plug::NotFound,
    session::SessionOptions,
    socket::{
        Connect, ConnectInfo, Drainer, Flow, FromConnect, InfoValue, Needs, Outbox, OutboxOptions, Overflow,
        Refused, Socket, SocketOptions, Timeout, WebSocket, argument,
    },
    transport::{Mount, SocketDef},
};

/// What a pipeline without `service(..)` ends in.
pub const fn not_found() -> NotFound {
    NotFound
}
