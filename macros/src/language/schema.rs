//! The language as a table: every directive, every key, what kind of value it takes and when that
//! value is fixed.
//!
//! Checks, suggestions and the lowering read it. A test compares the table with the runtime's
//! structs, field by field.

mod channel;
mod endpoint;
mod pubsub;
mod socket;

pub(crate) use self::{
    channel::{CHANNEL, CHANNEL_OPTIONS, ROUTE},
    endpoint::{
        DASHBOARD, ENDPOINT_DRAINER, FILTER_PARAMETERS, FORCE_SSL, HTTP, HTTPS, LIVE_RELOAD,
        RENDER_ERRORS, STATIC_URL, URL,
    },
    pubsub::PUBSUB,
    socket::{LONGPOLL, SOCKET, SOCKET_OPTIONS, WEBSOCKET},
};

use self::endpoint::REWRITE_ON;
use super::key::{Directive, FIRST, Form, Key, Kind, Phase, key};

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
