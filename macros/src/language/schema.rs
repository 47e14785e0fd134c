//! The language as a table: every directive, every key, what kind of value it takes and when that value is fixed.
//!
//! What is checked, suggested, lowered and documented is read from here; a test holds the table against the
//! runtime's structs, field by field.

/// When a value is fixed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// In the binary: a constant.
    Compile,
    /// At start: a default that a file, the environment, start options and `init` override.
    Start,
}

/// `name(key = value, ..)`: lowers to a literal of the runtime's struct `literal`.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) literal: &'static str,
    pub(crate) phase: Phase,
    pub(crate) keys: &'static [Key],
}

/// `name = value`: one field of the group's struct.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// What a key takes.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Flag,
    /// A number of bytes or things.
    Size { least: u64 },
    /// A number whose absence means something of its own.
    OptionalSize { least: u64 },
    /// A number that the runtime's `check` accepts.
    Number { least: u64, check: &'static str },
    /// A number of milliseconds, below what the JavaScript client waits for. `longer`: past that if acknowledged.
    Millis { longer: bool },
    /// `secs(n)`, `millis(n)` or a `Duration`.
    Duration,
    /// A duration or `insecure(never, ..)`.
    Timeout,
    /// A duration or `never`.
    Pause,
    /// A duration of whole seconds, or `insecure(never, ..)`.
    Age,
    /// A path that is appended to a mount's.
    TransportPath,
    /// A list of RFC 9110 tokens.
    Subprotocols,
    /// `true`, `conn`, a list of origins, a function, or `insecure(false, ..)`.
    CheckOrigin,
    /// A list of addresses and networks, and `"unix"`.
    TrustedProxies,
    /// A list of built-in names, then `name = value` of one's own.
    ConnectInfo,
    /// A function, or a closure of one of these forms.
    Function {
        signature: &'static str,
        closures: &'static [&'static str],
    },
    /// A log level or `false`.
    Level,
    /// One of the words, each a variant of the runtime's enum.
    Word {
        literal: &'static str,
        words: &'static [(&'static str, &'static str)],
    },
    /// Any text.
    Text,
    /// A host name or address, without scheme and port.
    Host,
    /// `"http"` or `"https"`.
    Scheme,
    /// A port.
    Port { least: u64 },
    /// A path that URLs begin with.
    UrlPath,
    /// Four or eight numbers, or an address as text.
    Ip,
    /// A path, or a list of them.
    Files,
    /// A private key as text: never a literal.
    PrivateKey,
    /// A list of constant strings.
    Texts,
    /// A list of headers by which proxies say how a request came to them.
    Forwarded,
    /// A host, with a port or without, or `conn`.
    SecureHost,
    /// A list of `(serializer, "~> 2.0.0")`.
    Serializers,
    /// Any constant.
    Constant,
    /// What signs and encrypts: never a literal.
    Secret,
    /// A group of keys in place of a value.
    Group(&'static Group),
    /// A value of a type that implements `Transport`.
    Transport,
    /// A group, `true` or `false`; the name alone is `true`.
    SwitchedGroup(&'static Group),
    /// A group or `false`.
    OptionalGroup(&'static Group),
}

/// A statement of `endpoint!`.
pub(crate) struct Directive {
    pub(crate) name: &'static str,
    pub(crate) phase: Phase,
    pub(crate) form: Form,
}

/// Part of the binary.
const fn compiled(name: &'static str, form: Form) -> Directive {
    Directive {
        name,
        phase: Phase::Compile,
        form,
    }
}

/// A default, which files, the environment, start options and `init` override.
const fn setting(name: &'static str, form: Form) -> Directive {
    Directive {
        name,
        phase: Phase::Start,
        form,
    }
}

/// How a directive is written.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// `name(key = value, ..);`
    Group(&'static Group),
    /// `name = value;`
    Value(&'static Key),
    /// `extra(name = value, ..);`
    Extra,
    /// `socket("/path", Type, ..);`
    Socket,
    /// `name(expression);`
    Expression,
    /// `name = some::path;`
    Path,
    /// `name = Type;`
    Type,
}

pub(crate) const DIRECTIVES: &[Directive] = &[
    compiled("state", Form::Type),
    setting("url", Form::Group(&URL)),
    setting("static_url", Form::Group(&STATIC_URL)),
    setting("cache_static_manifest", Form::Value(&CACHE_STATIC_MANIFEST)),
    setting(
        "cache_manifest_skip_vsn",
        Form::Value(&CACHE_MANIFEST_SKIP_VSN),
    ),
    setting("http", Form::Group(&HTTP)),
    setting("https", Form::Group(&HTTPS)),
    setting("secret_key_base", Form::Value(&SECRET_KEY_BASE)),
    setting("check_origin", Form::Value(&CHECK_ORIGIN)),
    setting("trusted_proxies", Form::Value(&TRUSTED_PROXIES)),
    setting("pubsub", Form::Group(&PUBSUB)),
    setting("server", Form::Value(&SERVER)),
    setting("extra", Form::Extra),
    compiled("force_ssl", Form::Group(&FORCE_SSL)),
    compiled("rewrite_on", Form::Value(&REWRITE_ON)),
    compiled("socket", Form::Socket),
    compiled("plug", Form::Expression),
    compiled("service", Form::Expression),
    compiled("crate", Form::Path),
];

const SECRET_KEY_BASE: Key = Key {
    name: "secret_key_base",
    kind: Kind::Secret,
};

const CHECK_ORIGIN: Key = Key {
    name: "check_origin",
    kind: Kind::CheckOrigin,
};

const TRUSTED_PROXIES: Key = Key {
    name: "trusted_proxies",
    kind: Kind::TrustedProxies,
};

const REWRITE_ON: Key = Key {
    name: "rewrite_on",
    kind: Kind::Forwarded,
};

/// Headers by which proxies say how a request came to them.
pub(crate) const FORWARDED: &[(&str, &str)] = &[
    ("x_forwarded_for", "For"),
    ("x_forwarded_host", "Host"),
    ("x_forwarded_port", "Port"),
    ("x_forwarded_proto", "Proto"),
];
const CACHE_STATIC_MANIFEST: Key = Key {
    name: "cache_static_manifest",
    kind: Kind::Text,
};

const CACHE_MANIFEST_SKIP_VSN: Key = Key {
    name: "cache_manifest_skip_vsn",
    kind: Kind::Flag,
};

const SERVER: Key = Key {
    name: "server",
    kind: Kind::Flag,
};

const URL_KEYS: &[Key] = &[
    Key {
        name: "host",
        kind: Kind::Host,
    },
    Key {
        name: "port",
        kind: Kind::Port { least: 1 },
    },
    Key {
        name: "scheme",
        kind: Kind::Scheme,
    },
    Key {
        name: "path",
        kind: Kind::UrlPath,
    },
];

pub(crate) const URL: Group = Group {
    name: "url",
    literal: "Url",
    phase: Phase::Start,
    keys: URL_KEYS,
};

pub(crate) const STATIC_URL: Group = Group {
    name: "static_url",
    literal: "Url",
    phase: Phase::Start,
    keys: URL_KEYS,
};

pub(crate) const HTTP: Group = Group {
    name: "http",
    literal: "Http",
    phase: Phase::Start,
    keys: &[
        Key {
            name: "ip",
            kind: Kind::Ip,
        },
        Key {
            name: "port",
            kind: Kind::Port { least: 0 },
        },
        Key {
            name: "header_timeout",
            kind: Kind::Duration,
        },
        Key {
            name: "idle_timeout",
            kind: Kind::Duration,
        },
        Key {
            name: "shutdown_timeout",
            kind: Kind::Duration,
        },
        Key {
            name: "max_headers",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_head_bytes",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_connections",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_connections_per_ip",
            kind: Kind::Size { least: 1 },
        },
    ],
};

pub(crate) const HTTPS: Group = Group {
    name: "https",
    literal: "Https",
    phase: Phase::Start,
    keys: &[
        Key {
            name: "ip",
            kind: Kind::Ip,
        },
        Key {
            name: "port",
            kind: Kind::Port { least: 0 },
        },
        Key {
            name: "certfile",
            kind: Kind::Files,
        },
        Key {
            name: "keyfile",
            kind: Kind::Files,
        },
        Key {
            name: "cert",
            kind: Kind::Constant,
        },
        Key {
            name: "key",
            kind: Kind::PrivateKey,
        },
        Key {
            name: "cacertfile",
            kind: Kind::Files,
        },
        Key {
            name: "fail_if_no_peer_cert",
            kind: Kind::Flag,
        },
        Key {
            name: "cipher_suite",
            kind: Kind::Word {
                literal: "CipherSuite",
                words: &[("strong", "Strong"), ("compatible", "Compatible")],
            },
        },
        Key {
            name: "handshake_timeout",
            kind: Kind::Duration,
        },
        Key {
            name: "max_handshakes",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "header_timeout",
            kind: Kind::Duration,
        },
        Key {
            name: "idle_timeout",
            kind: Kind::Duration,
        },
        Key {
            name: "shutdown_timeout",
            kind: Kind::Duration,
        },
        Key {
            name: "max_headers",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_head_bytes",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_connections",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_connections_per_ip",
            kind: Kind::Size { least: 1 },
        },
    ],
};

pub(crate) const FORCE_SSL: Group = Group {
    name: "force_ssl",
    literal: "ForceSsl",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "hsts",
            kind: Kind::Flag,
        },
        Key {
            name: "expires",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "preload",
            kind: Kind::Flag,
        },
        Key {
            name: "subdomains",
            kind: Kind::Flag,
        },
        Key {
            name: "exclude",
            kind: Kind::Texts,
        },
        Key {
            name: "exclude_paths",
            kind: Kind::Texts,
        },
        Key {
            name: "host",
            kind: Kind::SecureHost,
        },
        REWRITE_ON,
        Key {
            name: "log",
            kind: Kind::Level,
        },
    ],
};

pub(crate) const PUBSUB: Group = Group {
    name: "pubsub",
    literal: "PubSubSettings",
    phase: Phase::Start,
    keys: &[
        Key {
            name: "queue",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "queue_bytes",
            kind: Kind::Size { least: 1 },
        },
    ],
};

/// What follows path and type in `socket("/path", Type, ..)`.
pub(crate) const SOCKET: Group = Group {
    name: "socket",
    literal: "Mount",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "websocket",
            kind: Kind::SwitchedGroup(&WEBSOCKET),
        },
        Key {
            name: "longpoll",
            kind: Kind::SwitchedGroup(&LONGPOLL),
        },
        Key {
            name: "transport",
            kind: Kind::Transport,
        },
        Key {
            name: "drainer",
            kind: Kind::OptionalGroup(&DRAINER),
        },
        Key {
            name: "log",
            kind: Kind::Level,
        },
    ],
};

/// The arguments of `#[socket(..)]`.
pub(crate) const SOCKET_OPTIONS: Group = Group {
    name: "#[socket]",
    literal: "SocketOptions",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "websocket",
            kind: Kind::Group(&WEBSOCKET),
        },
        Key {
            name: "longpoll",
            kind: Kind::SwitchedGroup(&LONGPOLL),
        },
        Key {
            name: "drainer",
            kind: Kind::OptionalGroup(&DRAINER),
        },
        Key {
            name: "log",
            kind: Kind::Level,
        },
    ],
};

/// The arguments of `#[socket(..)]` that only a socket with channels has.
pub(crate) const CHANNEL_OPTIONS: Group = Group {
    name: "#[socket]",
    literal: "ChannelSocket",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "max_channels",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_envelope_size",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_waiting_size",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "serializers",
            kind: Kind::Serializers,
        },
    ],
};

/// What follows pattern and type in `channel("room:*", Type, ..)`.
pub(crate) const ROUTE: Group = Group {
    name: "channel",
    literal: "Route",
    phase: Phase::Compile,
    keys: &[Key {
        name: "assigns",
        kind: Kind::Constant,
    }],
};

pub(crate) const WEBSOCKET: Group = Group {
    name: "websocket",
    literal: "WebSocket",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "path",
            kind: Kind::TransportPath,
        },
        Key {
            name: "timeout",
            kind: Kind::Timeout,
        },
        Key {
            name: "callback_timeout",
            kind: Kind::Pause,
        },
        Key {
            name: "ping",
            kind: Kind::Pause,
        },
        Key {
            name: "max_frame_size",
            kind: Kind::Size { least: 128 },
        },
        Key {
            name: "max_message_size",
            kind: Kind::OptionalSize { least: 128 },
        },
        Key {
            name: "compress",
            kind: Kind::Flag,
        },
        Key {
            name: "subprotocols",
            kind: Kind::Subprotocols,
        },
        Key {
            name: "check_origin",
            kind: Kind::CheckOrigin,
        },
        Key {
            name: "check_csrf",
            kind: Kind::Flag,
        },
        Key {
            name: "connect_info",
            kind: Kind::ConnectInfo,
        },
        Key {
            name: "auth_token",
            kind: Kind::Flag,
        },
        Key {
            name: "error_handler",
            kind: Kind::Function {
                signature: "fn(&http::request::Parts, Refused) -> Response<Body>",
                closures: &["|parts, refused|", "|parts, refused, edge|"],
            },
        },
        Key {
            name: "transport_log",
            kind: Kind::Level,
        },
        Key {
            name: "outbox",
            kind: Kind::Group(&OUTBOX),
        },
    ],
};

pub(crate) const LONGPOLL: Group = Group {
    name: "longpoll",
    literal: "LongPoll",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "path",
            kind: Kind::TransportPath,
        },
        Key {
            name: "window_ms",
            kind: Kind::Millis { longer: true },
        },
        Key {
            name: "callback_timeout",
            kind: Kind::Pause,
        },
        Key {
            name: "pubsub_timeout_ms",
            kind: Kind::Millis { longer: false },
        },
        Key {
            name: "crypto",
            kind: Kind::Group(&CRYPTO),
        },
        Key {
            name: "check_origin",
            kind: Kind::CheckOrigin,
        },
        Key {
            name: "check_csrf",
            kind: Kind::Flag,
        },
        Key {
            name: "connect_info",
            kind: Kind::ConnectInfo,
        },
        Key {
            name: "auth_token",
            kind: Kind::Flag,
        },
        Key {
            name: "transport_log",
            kind: Kind::Level,
        },
        Key {
            name: "outbox",
            kind: Kind::Group(&OUTBOX),
        },
        Key {
            name: "max_body_size",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_batch",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_sessions",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "max_sessions_per_ip",
            kind: Kind::OptionalSize { least: 1 },
        },
    ],
};

pub(crate) const CRYPTO: Group = Group {
    name: "crypto",
    literal: "Crypto",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "max_age",
            kind: Kind::Age,
        },
        Key {
            name: "key_iterations",
            kind: Kind::Number {
                least: 1,
                check: "rounds",
            },
        },
        Key {
            name: "key_length",
            kind: Kind::Number {
                least: 16,
                check: "key_length",
            },
        },
        Key {
            name: "key_digest",
            kind: Kind::Word {
                literal: "Digest",
                words: &[
                    ("sha256", "Sha256"),
                    ("sha384", "Sha384"),
                    ("sha512", "Sha512"),
                ],
            },
        },
    ],
};

pub(crate) const OUTBOX: Group = Group {
    name: "outbox",
    literal: "OutboxOptions",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "limit",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "overflow",
            kind: Kind::Word {
                literal: "Overflow",
                words: &[("close", "Close"), ("drop_oldest", "DropOldest")],
            },
        },
    ],
};

pub(crate) const DRAINER: Group = Group {
    name: "drainer",
    literal: "Drainer",
    phase: Phase::Compile,
    keys: &[
        Key {
            name: "batch_size",
            kind: Kind::Size { least: 1 },
        },
        Key {
            name: "batch_interval",
            kind: Kind::Duration,
        },
        Key {
            name: "shutdown",
            kind: Kind::Duration,
        },
    ],
};

/// The built-in names of `connect_info`, each a field of the runtime's `ConnectInfo`.
pub(crate) const CONNECT_INFO: &[&str] = &[
    "peer_data",
    "x_headers",
    "trace_context_headers",
    "uri",
    "user_agent",
    "sec_websocket_headers",
    SESSION,
];

/// The built-in name that stands with its options: `session(SESSION)`.
pub(crate) const SESSION: &str = "session";

/// After how many milliseconds the JavaScript client gives up a request.
pub(crate) const CLIENT_WAITS: u64 = 20_000;

/// Log levels, each with its constant in `tracing::Level`.
pub(crate) const LEVELS: &[(&str, &str)] = &[
    ("error", "ERROR"),
    ("warn", "WARN"),
    ("info", "INFO"),
    ("debug", "DEBUG"),
    ("trace", "TRACE"),
];

impl Kind {
    /// The group, if it takes one.
    pub(crate) fn group(self) -> Option<&'static Group> {
        match self {
            Kind::Group(group) | Kind::SwitchedGroup(group) | Kind::OptionalGroup(group) => {
                Some(group)
            }
            _ => None,
        }
    }
}

impl Group {
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    pub(crate) fn key_names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }
}

pub(crate) fn directive(name: &str) -> Option<&'static Directive> {
    DIRECTIVES.iter().find(|directive| directive.name == name)
}

/// All names at the top of a declaration.
pub(crate) fn directive_names() -> impl Iterator<Item = &'static str> {
    DIRECTIVES.iter().map(|directive| directive.name)
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
