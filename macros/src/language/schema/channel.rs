//! What `#[channel]` takes, and what `#[socket]` takes for channels.

use crate::language::key::{Group, Kind, Phase, key};

/// The arguments of `#[socket(..)]` that only a socket with channels has.
pub(crate) const CHANNEL_OPTIONS: Group = Group {
    name: "#[socket]",
    literal: "ChannelSocket",
    phase: Phase::Compile,
    keys: &[
        key("max_channels", Kind::Size { least: 1 }),
        key("max_envelope_size", Kind::Size { least: 1 }),
        key("max_waiting_size", Kind::Size { least: 1 }),
        key("serializers", Kind::Serializers),
    ],
};

/// The arguments of `#[channel(..)]` behind the socket's type.
pub(crate) const CHANNEL: Group = Group {
    name: "#[channel]",
    literal: "Channel",
    phase: Phase::Compile,
    keys: &[
        key("shutdown", Kind::Timeout),
        key(
            "on_gap",
            Kind::Word {
                literal: "OnGap",
                words: &[("ignore", "Ignore"), ("tell", "Tell"), ("rejoin", "Rejoin")],
            },
        ),
        key(
            "log_join",
            Kind::ChosenLevel {
                signature: "fn(&str) -> Option<Level>",
            },
        ),
        key(
            "log_handle_in",
            Kind::ChosenLevel {
                signature: "fn(&str, &str) -> Option<Level>",
            },
        ),
    ],
};

/// What follows pattern and type in `channel("room:*", Type, ..)`.
pub(crate) const ROUTE: Group = Group {
    name: "channel",
    literal: "Route",
    phase: Phase::Compile,
    keys: &[key("assigns", Kind::Constant)],
};
