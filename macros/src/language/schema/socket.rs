//! Mounts, `#[socket]`, and the transports of both.

use crate::language::key::{Group, Kind, Phase, key};

/// What follows path and type in `socket("/path", Type, ..)`.
pub(crate) const SOCKET: Group = Group {
    name: "socket",
    literal: "Mount",
    phase: Phase::Compile,
    keys: &[
        key("websocket", Kind::SwitchedGroup(&WEBSOCKET)),
        key("longpoll", Kind::SwitchedGroup(&LONGPOLL)),
        key("transport", Kind::Transport),
        key("drainer", Kind::OptionalGroup(&DRAINER)),
        key("log", Kind::Level),
    ],
};

/// The arguments of `#[socket(..)]`.
pub(crate) const SOCKET_OPTIONS: Group = Group {
    name: "#[socket]",
    literal: "SocketOptions",
    phase: Phase::Compile,
    keys: &[
        key("websocket", Kind::Group(&WEBSOCKET)),
        key("longpoll", Kind::SwitchedGroup(&LONGPOLL)),
        key("drainer", Kind::OptionalGroup(&DRAINER)),
        key("log", Kind::Level),
    ],
};

pub(crate) const WEBSOCKET: Group = Group {
    name: "websocket",
    literal: "WebSocket",
    phase: Phase::Compile,
    keys: &[
        key("path", Kind::TransportPath),
        key("timeout", Kind::Timeout),
        key("callback_timeout", Kind::Pause),
        key("ping", Kind::Pause),
        key("max_frame_size", Kind::Size { least: 128 }),
        key("max_message_size", Kind::OptionalSize { least: 128 }),
        key("compress", Kind::Flag),
        key("deflate_options", Kind::Group(&DEFLATE_OPTIONS)),
        key("subprotocols", Kind::Subprotocols),
        key("check_origin", Kind::CheckOrigin),
        key("check_csrf", Kind::Flag),
        key("connect_info", Kind::ConnectInfo),
        key("auth_token", Kind::Flag),
        key(
            "error_handler",
            Kind::Function {
                signature: "fn(&http::request::Parts, Refused) -> Response<Body>",
                closures: &["|parts, refused|", "|parts, refused, edge|"],
            },
        ),
        key("transport_log", Kind::Level),
        key("outbox", Kind::Group(&OUTBOX)),
    ],
};

pub(crate) const LONGPOLL: Group = Group {
    name: "longpoll",
    literal: "LongPoll",
    phase: Phase::Compile,
    keys: &[
        key("path", Kind::TransportPath),
        key("window", Kind::Wait { longer: true }),
        key("callback_timeout", Kind::Pause),
        key("pubsub_timeout", Kind::Wait { longer: false }),
        key("crypto", Kind::Group(&CRYPTO)),
        key("check_origin", Kind::CheckOrigin),
        key("check_csrf", Kind::Flag),
        key("connect_info", Kind::ConnectInfo),
        key("auth_token", Kind::Flag),
        key("transport_log", Kind::Level),
        key("outbox", Kind::Group(&OUTBOX)),
        key("max_body_size", Kind::Size { least: 1 }),
        key("max_batch", Kind::Size { least: 1 }),
        key("max_sessions", Kind::Size { least: 1 }),
        key("max_sessions_per_ip", Kind::OptionalSize { least: 1 }),
    ],
};

pub(crate) const CRYPTO: Group = Group {
    name: "crypto",
    literal: "TokenOptions",
    phase: Phase::Compile,
    keys: &[
        key("max_age", Kind::Age),
        key(
            "key_iterations",
            Kind::Number {
                least: 1,
                check: "rounds",
            },
        ),
        key(
            "key_length",
            Kind::Number {
                least: 16,
                check: "key_length",
            },
        ),
        key(
            "key_digest",
            Kind::Word {
                literal: "Digest",
                words: &[
                    ("sha256", "Sha256"),
                    ("sha384", "Sha384"),
                    ("sha512", "Sha512"),
                ],
            },
        ),
    ],
};

pub(crate) const DEFLATE_OPTIONS: Group = Group {
    name: "deflate_options",
    literal: "DeflateOptions",
    phase: Phase::Compile,
    keys: &[
        key("level", Kind::Range { least: 0, most: 9 }),
        key("memory_level", Kind::Range { least: 1, most: 9 }),
        key("window_bits", Kind::Range { least: 9, most: 15 }),
    ],
};

pub(crate) const OUTBOX: Group = Group {
    name: "outbox",
    literal: "OutboxOptions",
    phase: Phase::Compile,
    keys: &[
        key("limit", Kind::Size { least: 1 }),
        key(
            "overflow",
            Kind::Word {
                literal: "Overflow",
                words: &[("close", "Close"), ("drop_oldest", "DropOldest")],
            },
        ),
    ],
};

pub(crate) const DRAINER: Group = Group {
    name: "drainer",
    literal: "DrainerOptions",
    phase: Phase::Either,
    keys: &[
        key("batch_size", Kind::Size { least: 1 }),
        key("batch_interval", Kind::Duration),
        key("shutdown", Kind::Duration),
        key("log", Kind::Level),
    ],
};
