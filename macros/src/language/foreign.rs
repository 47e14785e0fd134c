//! Names that people know from other frameworks, or look for in another place.

use syn::Ident;

use crate::diag::Diagnostics;

/// A name that users know from another framework, or expect elsewhere.
struct Foreign {
    name: &'static str,
    /// The groups it was written in, with spaces between them; `""` is the top of the declaration.
    within: &'static str,
    /// `None`: the usual "unknown ..".
    message: Option<&'static str>,
    help: &'static str,
}

const FORMATS_OF_PAGES: &str = "write `render_errors(formats(html = ErrorHtml, json = ErrorJson))`";

const FORMATS: &str = "write `formats(html = ErrorHtml, json = ErrorJson)`";

const fn instead(within: &'static str, name: &'static str, help: &'static str) -> Foreign {
    Foreign {
        name,
        within,
        message: None,
        help,
    }
}

const fn because(
    within: &'static str,
    name: &'static str,
    message: &'static str,
    help: &'static str,
) -> Foreign {
    Foreign {
        name,
        within,
        message: Some(message),
        help,
    }
}

const FOREIGN: &[Foreign] = &[
    instead("", "origins", "origins are listed by `check_origin = [..]`"),
    instead(
        "",
        "allowed_origins",
        "origins are listed by `check_origin = [..]`",
    ),
    instead(
        "",
        "cors",
        "origins of sockets are listed by `check_origin = [..]`; for requests use a `plug`",
    ),
    instead("", "secret", "did you mean `secret_key_base`?"),
    instead("", "app", "what the application brings is `state = App;`"),
    instead(
        "",
        "context",
        "what the application brings is `state = App;`",
    ),
    instead(
        "",
        "with_state",
        "what the application brings is `state = App;`",
    ),
    instead("", "bind", "write `http(ip = [127, 0, 0, 1], port = 4000)`"),
    instead("", "port", "write `http(port = 4000)`"),
    instead("", "ip", "write `http(ip = [127, 0, 0, 1])`"),
    instead("", "host", "write `url(host = \"example.com\")`"),
    instead("", "router", "write `service(router())`"),
    instead(
        "",
        "websocket",
        "`websocket(..)` stands inside `socket(\"/path\", Type, ..)`",
    ),
    instead(
        "",
        "longpoll",
        "`longpoll(..)` stands inside `socket(\"/path\", Type, ..)`",
    ),
    instead(
        "",
        "adapter",
        "there is one server; a foreign one can nest the endpoint as a `tower` service",
    ),
    instead(
        "",
        "handler",
        "there is one server; a foreign one can nest the endpoint as a `tower` service",
    ),
    instead(
        "",
        "session",
        "sessions are a plug: `plug(Sessions::new(&SESSION))`",
    ),
    instead(
        "",
        "root",
        "static files are a plug: `plug(Static::new(\"static\"))`",
    ),
    instead(
        "",
        "static",
        "static files are a plug: `plug(Static::new(\"static\"))`",
    ),
    instead("render_errors", "view", FORMATS),
    instead("render_errors", "accepts", FORMATS),
    instead("render_errors", "layout", "views render whole pages"),
    instead("render_errors", "root_layout", "views render whole pages"),
    instead(
        "",
        "ssl",
        "write `https(certfile = \"cert.pem\", keyfile = \"key.pem\")`, or `force_ssl(hsts = true)`",
    ),
    instead(
        "",
        "tls",
        "write `https(certfile = \"cert.pem\", keyfile = \"key.pem\")`",
    ),
    instead("", "accepts", FORMATS_OF_PAGES),
    instead(
        "",
        "cache_static_lookup",
        "did you mean `cache_static_manifest`?",
    ),
    instead("", "manifest", "did you mean `cache_static_manifest`?"),
    instead(
        "",
        "heartbeat",
        "clients send heartbeats, see `timeout` of `websocket`",
    ),
    because(
        "",
        "pubsub_server",
        "`pubsub_server` is `pubsub` here",
        "write `pubsub(queue = 65_536)`, or leave it out",
    ),
    because(
        "",
        "code_reloader",
        "Rust code can't be reloaded in a running process",
        "remove it, and run the program by `landfall dev`, which builds and starts it again when files change",
    ),
    instead(
        "static_url",
        "manifest",
        "`static_url` says where static files are; the manifest is `cache_static_manifest = \"..\"`",
    ),
    because(
        "http",
        "certfile",
        "`certfile` belongs to `https`",
        "write `https(port = 4443, certfile = \"cert.pem\", keyfile = \"key.pem\")`",
    ),
    because(
        "http",
        "keyfile",
        "`keyfile` belongs to `https`",
        "write `https(port = 4443, certfile = \"cert.pem\", keyfile = \"key.pem\")`",
    ),
    instead(
        "http",
        "host",
        "the name in links is `url(host = ..)`, the address to listen on is `ip`",
    ),
    instead("http https", "timeout", "did you mean `idle_timeout`?"),
    instead(
        "http https",
        "inet6",
        "the address says it: `ip = \"::\"`, with `ipv6_only = true` for IPv6 alone",
    ),
    instead("http", "bind", "did you mean `ip`?"),
    instead("http", "address", "did you mean `ip`?"),
    instead(
        "websocket",
        "max_frame_length",
        "did you mean `max_frame_size`?",
    ),
    instead("websocket", "idle_timeout", "did you mean `timeout`?"),
    instead("websocket", "compression", "did you mean `compress`?"),
    instead("websocket", "deflate", "did you mean `deflate_options`?"),
    instead(
        "deflate_options",
        "mem_level",
        "did you mean `memory_level`?",
    ),
    instead(
        "deflate_options",
        "strategy",
        "zlib's default strategy is the one that suits messages: remove it",
    ),
    instead("websocket", "protocols", "did you mean `subprotocols`?"),
    instead(
        "websocket longpoll",
        "origins",
        "did you mean `check_origin`?",
    ),
    instead(
        "websocket longpoll",
        "allowed_origins",
        "did you mean `check_origin`?",
    ),
    instead("websocket longpoll", "cors", "did you mean `check_origin`?"),
    instead(
        "websocket longpoll",
        "log",
        "`log` stands beside the transports; requests are logged by `transport_log`",
    ),
    instead(
        "websocket",
        "heartbeat",
        "there is no such option: clients send heartbeats, see `timeout`",
    ),
    instead(
        "websocket",
        "ping_interval",
        "there is no such option: clients send heartbeats, see `timeout`",
    ),
    because(
        "longpoll",
        "timeout",
        "`timeout` belongs to `websocket`",
        "did you mean `window`? a silent session ends after one and a half times that",
    ),
    because(
        "longpoll",
        "ping",
        "`ping` belongs to `websocket`",
        "remove it: a client shows by its polls that it is there",
    ),
    because(
        "websocket",
        "window_ms",
        "`window_ms` is an option of longpoll in Phoenix",
        "write `longpoll(window = secs(10))`",
    ),
    because(
        "websocket",
        "pubsub_timeout_ms",
        "`pubsub_timeout_ms` is an option of longpoll in Phoenix",
        "write `longpoll(pubsub_timeout = secs(2))`",
    ),
    instead("longpoll", "window_ms", "write `window = secs(10)`"),
    instead("longpoll", "poll_timeout", "did you mean `window`?"),
    instead(
        "longpoll",
        "pubsub_timeout_ms",
        "write `pubsub_timeout = secs(2)`",
    ),
    instead("crypto", "iterations", "did you mean `key_iterations`?"),
    instead("crypto", "length", "did you mean `key_length`?"),
    instead("crypto", "digest", "did you mean `key_digest`?"),
    because(
        "websocket longpoll",
        "serializer",
        "`serializer` belongs to sockets with channels",
        "write `#[socket(channel(..), serializers = [(V2, \"~> 2.0.0\")])]`",
    ),
    instead(
        "websocket longpoll",
        "session",
        "write `connect_info = [session(SESSION)]`",
    ),
    because(
        "websocket",
        "fullsweep_after",
        "`fullsweep_after` tunes the Erlang garbage collector",
        "remove it",
    ),
    because(
        "websocket",
        "active_n",
        "`active_n` tunes an Erlang socket",
        "remove it",
    ),
    because(
        "websocket",
        "max_heap_size",
        "`max_heap_size` tunes the Erlang garbage collector",
        "remove it",
    ),
    instead(
        "#[socket]",
        "transport",
        "a mount says it: `socket(\"/path\", Type, transport = ..)` in `endpoint!`",
    ),
    because(
        "socket",
        "shutdown",
        "`shutdown` applies to channels",
        "write `drainer(shutdown = secs(30))` for the mount, `#[channel(Socket, shutdown = secs(5))]` for a channel",
    ),
    instead(
        "#[socket]",
        "channels",
        "write `channel(\"room:*\", RoomChannel)`, one for each kind of topic",
    ),
    because(
        "#[socket]",
        "channel",
        "`channel` takes a topic and the type of its channel",
        "write `channel(\"room:*\", RoomChannel)`",
    ),
    instead("#[socket]", "serializer", "did you mean `serializers`?"),
    instead(
        "#[socket]",
        "max_channels_per_transport",
        "did you mean `max_channels`?",
    ),
    instead("#[socket]", "id", "write `fn id(&self) -> Option<String>`"),
    instead(
        "#[socket]",
        "assigns",
        "it stands with a channel: `channel(\"room:*\", RoomChannel, assigns = ..)`",
    ),
    instead(
        "socket",
        "channel",
        "it belongs to the socket's type: `#[socket(channel(..))]`",
    ),
    instead(
        "socket",
        "serializers",
        "it belongs to the socket's type: `#[socket(channel(..), serializers = [..])]`",
    ),
    instead(
        "socket",
        "max_channels",
        "it belongs to the socket's type: `#[socket(channel(..), max_channels = 100)]`",
    ),
    instead(
        "socket",
        "max_envelope_size",
        "it belongs to the socket's type: `#[socket(channel(..), max_envelope_size = 1024)]`",
    ),
    instead(
        "socket",
        "max_waiting_size",
        "it belongs to the socket's type: `#[socket(channel(..), max_waiting_size = 1_048_576)]`",
    ),
];

/// Reports a name of this table, and says whether it is one.
pub(super) fn told(name: &Ident, within: &str, diag: &mut Diagnostics) -> bool {
    let is_within = |known: &Foreign| known.within.split(' ').any(|group| group == within);
    let Some(known) = FOREIGN
        .iter()
        .find(|known| name == known.name && is_within(known))
    else {
        return false;
    };
    let place = if within.is_empty() {
        "directive"
    } else {
        "key"
    };
    let message = match known.message {
        Some(message) => message.to_owned(),
        None if within.is_empty() => format!("unknown {place} `{name}`"),
        None => format!("unknown {place} `{name}` in `{within}`"),
    };
    diag.push(name, message).help(known.help);
    true
}
