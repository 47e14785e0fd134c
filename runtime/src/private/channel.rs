//! What expansions of `#[channel]` name, and those of `#[socket]` with channels.

pub use crate::channel::{
    Answer, Channel, ChannelSocket, Event, FromJoin, HandleInLevel, Join, JoinError, JoinLevel,
    Joined, Multiplexer, OnGap, Outlet, Requirement, Route, Versioned,
    needs::{OfChannel, ProvideChannels, WithChannels},
};

/// How arguments are taken, and what becomes of answers.
pub mod argument {
    pub use crate::channel::argument::{
        assigns, broadcast, event, name, needs, of_event, of_name, pass_on, payload, rest, socket,
        topic, unknown_event,
    };
}
