//! Transports: how clients reach sockets, and how an application brings a way of its own.
//!
//! A [`Transport`] answers the requests at one path of a mount. WebSocket and longpoll are two, `transport = expression`
//! in `socket(..)` mounts another, and all are built on what is here:
//!
//! | | |
//! | --- | --- |
//! | [`Transport`], [`TransportOptions`] | what a transport is, and what it is told: how to write one |
//! | [`Attempt`], [`Denied`] | a request on its way to a socket: parameters, origin, connect_info, `connect` |
//! | [`Driver`] | calls the socket's callbacks while the connection lasts |
//! | [`Format`], [`Outgoing`] | how messages look on the wire, and those that are to go there |
//! | [`unguessable_name`] | a name for a connection whose client comes back |
//!
//! Panics of callbacks, limits on what waits, topics, draining and logs are taken care of behind them.
//!
//! # The files
//!
//! | file | what |
//! | --- | --- |
//! | `mount` | a socket at a path, as declared |
//! | `mounts` | all of them in a running endpoint, and which of them a request belongs to |
//! | `mounted` | what all connections of a mount share that came by one transport |
//! | `entrance` `options` | what a transport is, and what all of them can be told |
//! | `attempt` `request` | a request on its way to a socket, and what is read from it |
//! | `upload` `grow` `name` | a request's body read whole; memory for what comes in pieces; names of connections |
//! | `driver` `outgoing` | runs a socket's callbacks for a transport, and gives it what the socket sends |
//! | `line` `queue` `format` | the shared half of a driven connection, and what waits for its client |
//! | `forwards` | the topics that go straight to a client |
//! | `guarded` | a socket in the hands of a connection: it is told its end once |
//! | `tally` | how much waits for a client, and how much more may |
//! | `ask` `roster` `clock` | open connections: swept for silence, drained at the end |
//! | `pattern` | paths with variables |
//! | `websocket/` | RFC 6455 and RFC 7692 |
//! | `longpoll/` | requests that wait for messages |
//! | `log` | what is logged of all this |

mod ask;
mod attempt;
mod clock;
mod driver;
mod entrance;
mod format;
mod forwards;
mod grow;
mod guarded;
mod line;
mod log;
mod longpoll;
mod mount;
mod mounted;
mod mounts;
mod name;
mod options;
mod outgoing;
mod pattern;
mod queue;
mod request;
mod roster;
mod tally;
mod upload;
mod websocket;

pub(crate) use self::mounts::{MountError, Mounts};
pub use self::{
    attempt::{Attempt, Denied},
    driver::Driver,
    entrance::{CustomTransport, Transport},
    format::Format,
    mount::{Mount, SocketDef},
    name::unguessable_name,
    options::TransportOptions,
    outgoing::Outgoing,
};
#[cfg(feature = "fuzzing")]
pub(crate) use self::{
    longpoll::messages,
    pattern::{Path, Pattern},
    websocket::fuzzing as websocket_fuzzing,
};
