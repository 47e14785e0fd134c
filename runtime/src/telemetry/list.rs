//! Every event, with its name, target, level and fields. What emits one takes its name from here.

use tracing::Level;

use super::{EventDef, EventLevel};

const ENDPOINT: &str = "landfall::endpoint";
pub(crate) const REQUEST: &str = "landfall::request";
pub(crate) const SOCKET: &str = "landfall::socket";
const CHANNEL: &str = "landfall::channel";
const PUBSUB: &str = "landfall::pubsub";

/// Defines the events, and the list of them all.
macro_rules! events {
    ($($event:ident = $name:literal, $target:ident, $level:expr, [$($field:literal),* $(,)?];)*) => {
        $(
            pub(crate) const $event: EventDef = EventDef {
                name: $name,
                target: $target,
                level: $level,
                fields: &[$($field),*],
            };
        )*

        /// Every event that an endpoint emits, in the order of the [table](super#events).
        pub const EVENTS: &[EventDef] = &[$($event),*];
    };
}

const ERROR: EventLevel = EventLevel::Fixed(Level::ERROR);
const WARN: EventLevel = EventLevel::Fixed(Level::WARN);
const INFO: EventLevel = EventLevel::Fixed(Level::INFO);
const DEBUG: EventLevel = EventLevel::Fixed(Level::DEBUG);
const LOG: EventLevel = EventLevel::Key("log");
const DRAINER_LOG: EventLevel = EventLevel::Key("drainer(log = ..)");
const RENDER_ERRORS_LOG: EventLevel = EventLevel::Key("render_errors(log = ..)");
const PLUG_LOG: EventLevel = EventLevel::Key("plug(Log)");
const LOG_JOIN: EventLevel = EventLevel::Key("log_join");
const LOG_HANDLE_IN: EventLevel = EventLevel::Key("log_handle_in");

events! {
    ENDPOINT_STARTED = "landfall.endpoint.started", ENDPOINT, INFO, ["endpoint", "duration"];
    ENDPOINT_RELOADED = "landfall.endpoint.reloaded", ENDPOINT, DEBUG, ["endpoint", "result", "duration"];
    ENDPOINT_STOPPING = "landfall.endpoint.stopping", ENDPOINT, INFO, ["endpoint"];
    ENDPOINT_STOPPED = "landfall.endpoint.stopped", ENDPOINT, INFO, ["endpoint", "cut", "duration"];

    REQUEST_START = "landfall.request.start", REQUEST, DEBUG,
        ["endpoint", "http.request.method", "url.path", "network.protocol.version", "traceparent"];
    REQUEST_STOP = "landfall.request.stop", REQUEST, DEBUG,
        ["endpoint", "http.request.method", "url.path", "http.response.status_code", "http.response.body.size", "duration"];
    REQUEST_RECEIVED = "landfall.request.received", REQUEST, PLUG_LOG, ["http.request.method", "url.path"];
    REQUEST_SENT = "landfall.request.sent", REQUEST, PLUG_LOG,
        ["http.response.status_code", "http.response.body.size", "duration"];
    ERROR_RENDERED = "landfall.request.error_rendered", REQUEST, RENDER_ERRORS_LOG,
        ["endpoint", "http.request.method", "url.path", "kind", "http.response.status_code", "duration"];

    SOCKET_CONNECTED = "landfall.socket.connected", SOCKET, LOG,
        ["endpoint", "path", "socket", "transport", "serializer", "params", "duration", "traceparent"];
    SOCKET_REFUSED = "landfall.socket.refused", SOCKET, LOG,
        ["endpoint", "path", "socket", "transport", "params", "http.response.status_code", "reason", "duration"];
    SOCKET_FAILED = "landfall.socket.failed", SOCKET, ERROR,
        ["endpoint", "path", "socket", "transport", "params", "http.response.status_code", "error", "duration"];
    SOCKET_CLOSED = "landfall.socket.closed", SOCKET, DEBUG, ["socket", "reason"];
    SOCKET_DRAIN = "landfall.socket.drain", SOCKET, DRAINER_LOG,
        ["endpoint", "path", "socket", "transport", "total", "rounds", "interval"];
    SOCKET_DRAIN_BATCH = "landfall.socket.drain_batch", SOCKET, DEBUG,
        ["endpoint", "path", "socket", "transport", "batch", "rounds", "count", "total"];

    CHANNEL_JOINED = "landfall.channel.joined", CHANNEL, LOG_JOIN,
        ["socket", "channel", "topic", "params", "duration"];
    CHANNEL_REFUSED = "landfall.channel.refused", CHANNEL, LOG_JOIN,
        ["socket", "channel", "topic", "params", "reply", "reason", "duration"];
    CHANNEL_FAILED = "landfall.channel.failed", CHANNEL, ERROR,
        ["socket", "channel", "topic", "params", "error", "duration"];
    CHANNEL_HANDLED_IN = "landfall.channel.handled_in", CHANNEL, LOG_HANDLE_IN,
        ["socket", "channel", "topic", "event", "params", "duration"];
    CHANNEL_ENDED = "landfall.channel.ended", CHANNEL, DEBUG, ["socket", "channel", "topic", "reason"];

    PUBSUB_BROKER_UP = "landfall.pubsub.broker_up", PUBSUB, INFO, ["adapter"];
    PUBSUB_BROKER_DOWN = "landfall.pubsub.broker_down", PUBSUB, WARN, ["adapter", "reason"];
    PUBSUB_NODE_UP = "landfall.pubsub.node_up", PUBSUB, INFO, ["node"];
    PUBSUB_NODE_DOWN = "landfall.pubsub.node_down", PUBSUB, INFO, ["node"];
    PUBSUB_GAP = "landfall.pubsub.gap", PUBSUB, DEBUG, ["topics", "topic"];
}
