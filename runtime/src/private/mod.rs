//! What expansions of the macros name. Nothing here is for people; it may change with any version.
//!
//! | file | what |
//! | --- | --- |
//! | `channel` | what sockets with channels need |
//! | `check` | checks of constants |
//! | `future` | futures of callbacks |
//! | `function` | functions and closures that stand as values in a declaration |
//! | `mount` | checks of facts that span two items: a mount and its socket, two mounts |
//! | `names` | names of the language that are no fields elsewhere |
//! | `options` | checks of what a socket's own options and constants of whole groups say |
//! | `origins` | checks of lists of origins that are constants |
//! | `statics` | paths of static files as constants |
//! | `warning` | warnings about constants |
//! | `text` | messages put together in constants |

#[cfg(feature = "channels")]
pub mod channel;
mod check;
mod function;
mod future;
mod mount;
mod names;
mod options;
mod origins;
mod statics;
mod text;
mod warning;

pub use std::{string::String, time::Duration, vec::Vec};

pub use landfall_macros::embed_files;
pub use tracing::Level;

pub use self::{
    check::{
        age, at_least, between, dashboard, drainer, key_length, longpoll, positive, rounds,
        session, sessions_agree, sessions_differ, subprotocols, timeout, transport_path, wait,
        without_websocket,
    },
    function::{
        ChooseHost, ComputeSession, DecideOrigin, Excludes, HandleError, MaySee, SharedAdapter,
        Watch, adapter, called, choose_host, compute_session, compute_session_with, decide_origin,
        excludes, handle_error, instrumented_by, keys, may_see, may_see_with, watch, watch_with,
        with_edge, with_handle, with_state,
    },
    future::callback_is_send,
    mount::{mount, served_apart},
    names::{
        CHANNEL_KEYS, ChannelKeys, DIRECTIVES, Directives, MARKS, MOUNT_KEYS, MountKeys,
        ROUTE_KEYS, RouteKeys, SOCKET_KEYS, SocketKeys,
    },
    origins::origins,
    statics::{concat, length, static_integrity, static_path, text},
    warning::{
        Warning, control_frames_of_longpoll, key_that_nothing_reads, path_unknown_to_the_client,
        session_of_one_salt, timeout_below_heartbeat,
    },
};
#[cfg(feature = "channels")]
pub use crate::channel::OnGap;
pub use crate::{
    arrival::Forwarded,
    assets::{Embedded, known::StaticFiles},
    body::Body,
    config::{
        AtStart, Attributes, BrokerTls, CipherSuite, Config, EndpointDrainer, Extra,
        FilterParameters, Group, Http, Https, Ip, Latest, LiveReload, NatsSettings, ParameterNames,
        Patterns, PubSubSettings, RedisSentinel, RedisSettings, RedisWire, Setting, Settings,
        TargetWindow, TopicPatterns, TrustedProxies, Url, Watcher, Watchers,
    },
    crypto::options::Digest,
    dashboard::Dashboard,
    endpoint::{
        Builder, Endpoint, EndpointDef, EndpointHandle, Exclude, ForceSsl, IntoConfig, Running,
        SecureHost,
    },
    error::{BoxError, Error},
    error_page::{DebugErrors, ErrorFormat, ErrorPage, RenderErrors},
    instrumenter::Instrumenters,
    message::Message,
    mount::{
        DeflateOptions, DrainerOptions, LongPoll, Mount, OutboxOptions, Overflow, SocketDef,
        SocketOptions, Timeout, TokenOptions, WebSocket,
    },
    origin::CheckOrigin,
    pipeline::{Called, Pipeline, plug},
    plug::NotFound,
    pubsub::Broadcast,
    session::{SessionOptions, SessionSource},
    socket::{
        Children, Connect, ConnectInfo, Flow, FromConnect, InfoValue, IntoSocket, Needs, Outbox,
        Reason, Refused, Socket,
        connect::argument,
        returned::{ReturnedPlain, ReturnedTelling},
    },
    state::{By, Conditional, Need, Provide},
    telemetry::Log,
    transport::CustomTransport,
    watchers::WatchFunction,
};

/// What a pipeline without `service(..)` ends in.
pub const fn not_found() -> NotFound {
    NotFound
}
