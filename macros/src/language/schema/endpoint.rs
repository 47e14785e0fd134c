//! Groups of `endpoint!` about the server, its URLs and its pages.

use crate::language::key::{Group, Key, Kind, Phase, key};

pub(super) const REWRITE_ON: Key = key("rewrite_on", Kind::Forwarded);

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

pub(crate) const FILTER_PARAMETERS: Group = Group {
    name: "filter_parameters",
    literal: "FilterParameters",
    phase: Phase::Start,
    keys: &[key("contains", Kind::Names), key("keep", Kind::Names)],
};

/// `drainer(..);`, beside the drainers of mounts.
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
