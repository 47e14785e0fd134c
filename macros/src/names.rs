//! What to say about a name that does not exist.

use syn::Ident;

use crate::{
    diag::{Diagnostics, did_you_mean},
    schema::{self, Group},
};

/// A name that people bring from elsewhere.
struct Foreign {
    name: &'static str,
    /// The group it was written in; `""` is the top of the declaration, `"*"` anywhere.
    within: &'static str,
    /// `None`: the usual "unknown ..".
    message: Option<&'static str>,
    help: &'static str,
}

const fn instead(within: &'static str, name: &'static str, help: &'static str) -> Foreign {
    Foreign { name, within, message: None, help }
}

const fn because(
    within: &'static str,
    name: &'static str,
    message: &'static str,
    help: &'static str,
) -> Foreign {
    Foreign { name, within, message: Some(message), help }
}

const FOREIGN: &[Foreign] = &[
    instead("", "origins", "origins are listed by `check_origin = [..]`"),
    instead("", "allowed_origins", "origins are listed by `check_origin = [..]`"),
    instead("", "cors", "origins of sockets are listed by `check_origin = [..]`; for requests use a `plug`"),
    instead("", "secret", "did you mean `secret_key_base`?"),
    instead("", "bind", "write `http(ip = [127, 0, 0, 1], port = 4000)`"),
    instead("", "port", "write `http(port = 4000)`"),
    instead("", "ip", "write `http(ip = [127, 0, 0, 1])`"),
    instead("", "host", "write `url(host = \"example.com\")`"),
    instead("", "router", "write `service(router())`"),
    instead("", "websocket", "`websocket(..)` stands inside `socket(\"/path\", Type, ..)`"),
    instead("", "longpoll", "`longpoll(..)` stands inside `socket(\"/path\", Type, ..)`"),
    instead("", "adapter", "there is one server; a foreign one can nest the endpoint as a `tower` service"),
    instead("", "handler", "there is one server; a foreign one can nest the endpoint as a `tower` service"),
    instead("", "session", "sessions are a plug: `plug(Sessions::new(&SESSION))`"),
    instead("", "root", "files are served by a `plug` or by the router"),
    instead("", "heartbeat", "clients send heartbeats, see `timeout` of `websocket`"),
    because(
        "",
        "pubsub_server",
        "`pubsub_server` is `pubsub` here",
        "write `pubsub(queue = 65_536)`, or leave it out",
    ),
    because(
        "",
        "instrumenters",
        "`instrumenters` is replaced by `tracing` spans and events",
        "subscribe to the `landfall` target",
    ),
    because(
        "",
        "code_reloader",
        "Rust code can't be reloaded in a running process",
        "remove it, and restart the program when files change",
    ),
    instead("static_url", "manifest", "`static_url` says where static files are; there is no manifest yet"),
    because(
        "http",
        "certfile",
        "`certfile` belongs to `https`",
        "TLS is not supported yet: terminate it in a proxy",
    ),
    because(
        "http",
        "keyfile",
        "`keyfile` belongs to `https`",
        "TLS is not supported yet: terminate it in a proxy",
    ),
    instead("http", "host", "the name in links is `url(host = ..)`, the address to listen on is `ip`"),
    instead("http", "bind", "did you mean `ip`?"),
    instead("http", "address", "did you mean `ip`?"),
    instead("websocket", "max_frame_length", "did you mean `max_frame_size`?"),
    instead("websocket", "idle_timeout", "did you mean `timeout`?"),
    instead("websocket", "compression", "did you mean `compress`?"),
    instead("websocket", "protocols", "did you mean `subprotocols`?"),
    instead("websocket", "origins", "did you mean `check_origin`?"),
    instead("websocket", "allowed_origins", "did you mean `check_origin`?"),
    instead("websocket", "cors", "did you mean `check_origin`?"),
    instead(
        "websocket",
        "log",
        "`log` stands beside `websocket(..)`; requests are logged by `transport_log`",
    ),
    instead("websocket", "heartbeat", "there is no such option: clients send heartbeats, see `timeout`"),
    instead("websocket", "ping_interval", "there is no such option: clients send heartbeats, see `timeout`"),
    because(
        "websocket",
        "window_ms",
        "`window_ms` belongs to `longpoll`",
        "write `longpoll(window_ms = ..)` beside `websocket(..)`",
    ),
    because(
        "websocket",
        "pubsub_timeout_ms",
        "`pubsub_timeout_ms` belongs to `longpoll`",
        "write `longpoll(pubsub_timeout_ms = ..)` beside `websocket(..)`",
    ),
    because(
        "websocket",
        "crypto",
        "`crypto` belongs to `longpoll`",
        "write `longpoll(crypto(..))` beside `websocket(..)`",
    ),
    because(
        "websocket",
        "serializer",
        "`serializer` belongs to channels",
        "channels are not supported yet: remove it",
    ),
    instead("websocket", "session", "write `connect_info = [session(SESSION)]`"),
    because(
        "websocket",
        "fullsweep_after",
        "`fullsweep_after` tunes the Erlang garbage collector",
        "remove it",
    ),
    because("websocket", "active_n", "`active_n` tunes an Erlang socket", "remove it"),
    because("websocket", "max_heap_size", "`max_heap_size` tunes the Erlang garbage collector", "remove it"),
    because("socket", "shutdown", "`shutdown` applies to channels", "write `drainer(shutdown = secs(30))`"),
    instead("socket", "auth_token", "write `websocket(auth_token = true)`"),
    instead("socket", "timeout", "write `websocket(timeout = ..)`"),
    instead("socket", "compress", "write `websocket(compress = ..)`"),
    instead("socket", "check_csrf", "write `websocket(check_csrf = ..)`"),
    instead("socket", "check_origin", "write `websocket(check_origin = ..)`"),
    instead("socket", "connect_info", "write `websocket(connect_info = [..])`"),
    instead("socket", "subprotocols", "write `websocket(subprotocols = [..])`"),
];

/// Directives of Phoenix's endpoint whose time has not come.
const LATER: &[&str] = &[
    "https",
    "force_ssl",
    "debug_errors",
    "render_errors",
    "cache_static_manifest",
    "cache_static_manifest_latest",
    "cache_manifest_skip_vsn",
    "static",
    "live_reload",
    "watchers",
    "force_watchers",
    "drainer",
    "log_access_url",
];

pub(crate) fn unknown_directive(name: &Ident, diag: &mut Diagnostics) {
    let word = name.to_string();
    if LATER.contains(&word.as_str()) {
        let found = diag.push(name, format!("`{word}` is not supported yet"));
        found.help("remove it; a later version will have it");
        return;
    }
    if foreign(name, "", diag) {
        return;
    }
    let found = diag.push(name, format!("unknown directive `{word}`"));
    match did_you_mean(&word, schema::directive_names()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found
            .help(format!("known directives: {}", list(schema::directive_names())))
            .help(format!("own settings go into `extra({word} = ..)`")),
    };
}

pub(crate) fn unknown_key(name: &Ident, group: &Group, diag: &mut Diagnostics) {
    if foreign(name, group.name, diag) {
        return;
    }
    let word = name.to_string();
    let found = diag.push(name, format!("unknown key `{word}` in `{}`", group.name));
    match did_you_mean(&word, group.key_names()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!("keys of `{}`: {}", group.name, list(group.key_names()))),
    };
}

fn foreign(name: &Ident, within: &str, diag: &mut Diagnostics) -> bool {
    let Some(known) = FOREIGN.iter().find(|known| name == known.name && known.within == within) else {
        return false;
    };
    let place = if within.is_empty() { "directive" } else { "key" };
    let message = match known.message {
        Some(message) => message.to_owned(),
        None if within.is_empty() => format!("unknown {place} `{name}`"),
        None => format!("unknown {place} `{name}` in `{within}`"),
    };
    diag.push(name, message).help(known.help);
    true
}

/// `a`, `b`, `c`, in backticks.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
