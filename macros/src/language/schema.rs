//! The language as a table: every directive, every key, what kind of value it takes and when that
//! value is fixed.
//!
//! Checks, suggestions and the lowering read it. A test compares the table with the runtime's
//! structs, field by field.

use super::key::{Broker, Directive, Form, Group, Key, Kind, Phase};

/// The version of everything that was there from the beginning.
const FIRST: &str = "0.1.0";

const fn key(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        since: FIRST,
    }
}

/// A directive that is part of the binary.
const fn compiled(name: &'static str, form: Form) -> Directive {
    Directive {
        name,
        phase: Phase::Compile,
        form,
        since: FIRST,
    }
}

/// A directive that sets a default, which files, the environment, start options and `init`
/// override.
const fn setting(name: &'static str, form: Form) -> Directive {
    Directive {
        name,
        phase: Phase::Start,
        form,
        since: FIRST,
    }
}

pub(crate) const DIRECTIVES: &[Directive] = &[
    compiled("state", Form::Type),
    setting("url", Form::Group(&URL)),
    setting("static_url", Form::Switched(&STATIC_URL)),
    setting("cache_static_manifest", Form::Value(&CACHE_STATIC_MANIFEST)),
    setting(
        "cache_manifest_skip_vsn",
        Form::Value(&CACHE_MANIFEST_SKIP_VSN),
    ),
    setting(
        "cache_static_manifest_latest",
        Form::Value(&CACHE_STATIC_MANIFEST_LATEST),
    ),
    setting("http", Form::Switched(&HTTP)),
    setting("https", Form::Switched(&HTTPS)),
    setting("secret_key_base", Form::Value(&SECRET_KEY_BASE)),
    setting("check_origin", Form::Value(&CHECK_ORIGIN)),
    setting("trusted_proxies", Form::Value(&TRUSTED_PROXIES)),
    setting("pubsub", Form::Group(&PUBSUB)),
    setting("server", Form::Value(&SERVER)),
    setting("log_access_url", Form::Value(&LOG_ACCESS_URL)),
    setting("startup_log", Form::Value(&STARTUP_LOG)),
    setting("drainer", Form::Switched(&ENDPOINT_DRAINER)),
    setting("reload_on_sighup", Form::Value(&RELOAD_ON_SIGHUP)),
    setting("watchers", Form::Watchers),
    setting("force_watchers", Form::Value(&FORCE_WATCHERS)),
    setting("live_reload", Form::Switched(&LIVE_RELOAD)),
    setting("filter_parameters", Form::Group(&FILTER_PARAMETERS)),
    setting("extra", Form::Extra),
    compiled("force_ssl", Form::Group(&FORCE_SSL)),
    compiled("rewrite_on", Form::Value(&REWRITE_ON)),
    compiled("render_errors", Form::Group(&RENDER_ERRORS)),
    compiled("debug_errors", Form::Value(&DEBUG_ERRORS)),
    compiled("dashboard", Form::Group(&DASHBOARD)),
    compiled("instrumenters", Form::Expressions),
    compiled("socket", Form::Socket),
    compiled("plug", Form::Expression),
    compiled("service", Form::Expression),
    compiled("crate", Form::Path),
];

const SECRET_KEY_BASE: Key = key("secret_key_base", Kind::Secret);

const CHECK_ORIGIN: Key = key("check_origin", Kind::CheckOrigin);

const TRUSTED_PROXIES: Key = key("trusted_proxies", Kind::TrustedProxies);

const REWRITE_ON: Key = key("rewrite_on", Kind::Forwarded);

/// Forwarding headers, each with its variant of the runtime's `Forwarded`.
pub(crate) const FORWARDED: &[(&str, &str)] = &[
    ("x_forwarded_for", "For"),
    ("x_forwarded_host", "Host"),
    ("x_forwarded_port", "Port"),
    ("x_forwarded_proto", "Proto"),
];

const DEBUG_ERRORS: Key = key("debug_errors", Kind::DebugErrors);

/// Formats of error pages that need no media type.
pub(crate) const FORMATS: &[(&str, &str)] = &[
    ("html", "text/html"),
    ("json", "application/json"),
    ("text", "text/plain"),
    ("xml", "application/xml"),
];

const CACHE_STATIC_MANIFEST: Key = key("cache_static_manifest", Kind::Text);

const CACHE_MANIFEST_SKIP_VSN: Key = key("cache_manifest_skip_vsn", Kind::Flag);

const CACHE_STATIC_MANIFEST_LATEST: Key = key("cache_static_manifest_latest", Kind::Latest);

const SERVER: Key = key("server", Kind::Flag);

const LOG_ACCESS_URL: Key = key("log_access_url", Kind::Flag);

const STARTUP_LOG: Key = key("startup_log", Kind::Flag);

const RELOAD_ON_SIGHUP: Key = key("reload_on_sighup", Kind::Flag);

const FORCE_WATCHERS: Key = key("force_watchers", Kind::Flag);

const URL_KEYS: &[Key] = &[
    key("host", Kind::Host),
    key("port", Kind::Port { least: 1 }),
    key("scheme", Kind::Scheme),
    key("path", Kind::UrlPath),
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
        key("ip", Kind::Ip),
        key("ipv6_only", Kind::Flag),
        key("port", Kind::Port { least: 0 }),
        key("header_timeout", Kind::Duration),
        key("idle_timeout", Kind::Duration),
        key("max_headers", Kind::Size { least: 1 }),
        key("max_head_bytes", Kind::Size { least: 1 }),
        key("max_connections", Kind::Size { least: 1 }),
        key("max_connections_per_ip", Kind::Size { least: 1 }),
        key("http2", Kind::Flag),
    ],
};

pub(crate) const HTTPS: Group = Group {
    name: "https",
    literal: "Https",
    phase: Phase::Start,
    keys: &[
        key("ip", Kind::Ip),
        key("ipv6_only", Kind::Flag),
        key("port", Kind::Port { least: 0 }),
        key("certfile", Kind::Files),
        key("keyfile", Kind::Files),
        key("cert", Kind::Constant),
        key("key", Kind::PrivateKey),
        key("cacertfile", Kind::Files),
        key("fail_if_no_peer_cert", Kind::Flag),
        key(
            "cipher_suite",
            Kind::Word {
                literal: "CipherSuite",
                words: &[("strong", "Strong"), ("compatible", "Compatible")],
            },
        ),
        key("ciphers", Kind::Ciphers),
        key("handshake_timeout", Kind::Duration),
        key("max_handshakes", Kind::Size { least: 1 }),
        key("header_timeout", Kind::Duration),
        key("idle_timeout", Kind::Duration),
        key("max_headers", Kind::Size { least: 1 }),
        key("max_head_bytes", Kind::Size { least: 1 }),
        key("max_connections", Kind::Size { least: 1 }),
        key("max_connections_per_ip", Kind::Size { least: 1 }),
        key("http2", Kind::Flag),
    ],
};

pub(crate) const FORCE_SSL: Group = Group {
    name: "force_ssl",
    literal: "ForceSsl",
    phase: Phase::Compile,
    keys: &[
        key("hsts", Kind::Flag),
        key("expires", Kind::Size { least: 1 }),
        key("preload", Kind::Flag),
        key("subdomains", Kind::Flag),
        key("exclude", Kind::Excluded),
        key("exclude_paths", Kind::Texts),
        key("host", Kind::SecureHost),
        REWRITE_ON,
        key("log", Kind::Level),
    ],
};

pub(crate) const RENDER_ERRORS: Group = Group {
    name: "render_errors",
    literal: "RenderErrors",
    phase: Phase::Compile,
    keys: &[
        key("formats", Kind::Formats),
        key("status", Kind::ErrorStatus),
        key("log", Kind::Level),
    ],
};

pub(crate) const DASHBOARD: Group = Group {
    name: "dashboard",
    literal: "Dashboard",
    phase: Phase::Compile,
    keys: &[key("path", Kind::UrlPath), key("who_may", Kind::WhoMay)],
};

pub(crate) const PUBSUB: Group = Group {
    name: "pubsub",
    literal: "PubSubSettings",
    phase: Phase::Start,
    keys: &[
        key("queue", Kind::Size { least: 1 }),
        key("queue_bytes", Kind::Size { least: 1 }),
        key("adapter", Kind::Adapter),
        key("name", Kind::Text),
        key("node", Kind::Text),
        key("max_message", Kind::Size { least: 1 }),
        key("confirm", Kind::Flag),
        key("confirm_timeout", Kind::Duration),
        key("connect_timeout", Kind::Duration),
        key("required", Kind::Flag),
        key("redis", Kind::OptionalGroup(&REDIS)),
        key("nats", Kind::OptionalGroup(&NATS)),
    ],
};

/// `redis(..)` in `pubsub(..)`.
pub(crate) const REDIS: Group = Group {
    name: "redis",
    literal: "RedisSettings",
    phase: Phase::Start,
    keys: &[
        key("url", Kind::ServerUrl(Broker::Redis)),
        key("cluster", Kind::ServerUrls(Broker::Redis)),
        key("sentinel", Kind::OptionalGroup(&REDIS_SENTINEL)),
        key("username", Kind::Text),
        key("password", Kind::Secret),
        key("tls", Kind::OptionalGroup(&BROKER_TLS)),
        key(
            "wire",
            Kind::Word {
                literal: "RedisWire",
                words: &[("landfall", "Landfall"), ("phoenix", "Phoenix")],
            },
        ),
        key("compression", Kind::Range { least: 1, most: 9 }),
    ],
};

/// `sentinel(..)` in `pubsub(redis(..))`.
pub(crate) const REDIS_SENTINEL: Group = Group {
    name: "sentinel",
    literal: "RedisSentinel",
    phase: Phase::Start,
    keys: &[
        key("master", Kind::Text),
        key("nodes", Kind::ServerUrls(Broker::Redis)),
        key("username", Kind::Text),
        key("password", Kind::Secret),
    ],
};

/// `nats(..)` in `pubsub(..)`.
pub(crate) const NATS: Group = Group {
    name: "nats",
    literal: "NatsSettings",
    phase: Phase::Start,
    keys: &[
        key("url", Kind::ServerUrls(Broker::Nats)),
        key("credentials", Kind::Text),
        key("user", Kind::Text),
        key("password", Kind::Secret),
        key("token", Kind::Secret),
        key("tls", Kind::SwitchedGroup(&BROKER_TLS)),
    ],
};

/// `tls(..)` in `redis(..)` and `nats(..)`.
pub(crate) const BROKER_TLS: Group = Group {
    name: "tls",
    literal: "BrokerTls",
    phase: Phase::Start,
    keys: &[
        key("ca", Kind::Files),
        key("cert", Kind::File),
        key("key", Kind::File),
    ],
};

/// `drainer(..);`, beside the drainers of mounts.
pub(crate) const FILTER_PARAMETERS: Group = Group {
    name: "filter_parameters",
    literal: "FilterParameters",
    phase: Phase::Start,
    keys: &[key("contains", Kind::Names), key("keep", Kind::Names)],
};

pub(crate) const ENDPOINT_DRAINER: Group = Group {
    name: "drainer",
    literal: "EndpointDrainer",
    phase: Phase::Start,
    keys: &[
        key("delay", Kind::Duration),
        key("shutdown", Kind::Duration),
    ],
};

pub(crate) const LIVE_RELOAD: Group = Group {
    name: "live_reload",
    literal: "LiveReload",
    phase: Phase::Start,
    keys: &[
        key("patterns", Kind::Patterns),
        key("dirs", Kind::Files),
        key("notify", Kind::TopicPatterns),
        key("debounce", Kind::Duration),
        key("iframe_attrs", Kind::Attributes),
        key(
            "target_window",
            Kind::Word {
                literal: "TargetWindow",
                words: &[("top", "Top"), ("parent", "Parent")],
            },
        ),
        key("url", Kind::Text),
        key("suffix", Kind::UrlPath),
        key("interval", Kind::Duration),
        key("reload_page_on_css_changes", Kind::Flag),
        key("web_console_logger", Kind::Flag),
        key("in_release", Kind::Flag),
    ],
};

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

/// The built-in name that takes options: `session(SESSION)`.
pub(crate) const SESSION: &str = "session";

/// The milliseconds after which the JavaScript client gives up a request.
pub(crate) const CLIENT_WAITS: u64 = 20_000;

/// Log levels, each with its constant in `tracing::Level`.
pub(crate) const LEVELS: &[(&str, &str)] = &[
    ("error", "ERROR"),
    ("warn", "WARN"),
    ("info", "INFO"),
    ("debug", "DEBUG"),
    ("trace", "TRACE"),
];

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
