//! What expansions of `#[channel]` name, and those of `#[socket]` with channels.

pub use crate::channel::{
    Answer, Channel, ChannelSocket, Event, FromJoin, HandleInLevel, Join, JoinError, JoinLevel,
    Joined, Multiplexer, OnGap, Outlet, Requirement, Route, Versioned,
    needs::{OfChannel, ProvideChannels, WithChannels},
};

/// Nothing, for a socket with channels.
pub fn has_channels<S: ChannelSocket>() {}

/// Serializers of a socket, in a constant: at least one.
#[track_caller]
pub const fn serializers(list: &'static [Versioned]) -> &'static [Versioned] {
    if list.is_empty() {
        panic!(
            "without a serializer no client could connect\n\n  = help: such as `&[Versioned::new(&V2, Requirement::new(\"~> 2.0.0\"))]`"
        );
    }
    list
}

/// How arguments are taken, and what becomes of answers.
pub mod argument {
    pub use crate::channel::argument::{
        assigns, broadcast, event, name, needs, of_event, of_name, pass_on, payload, rest, socket,
        topic, unknown_event,
    };
}
