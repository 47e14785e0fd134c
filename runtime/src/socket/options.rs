//! What a mount can set, and a socket can preset for its mounts.
//!
//! Everything here is a constant: `endpoint!` and `#[socket]` lower their groups to these structs, one field a key.

use std::time::Duration;

use http::Response;

use super::{ConnectInfo, Refused};
use crate::{
    body::Body,
    crypto::{Digest, KeyOptions},
    handle::Handle,
    origin::CheckOrigin,
};

/// How long a client may be silent before something is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timeout {
    /// After this long without a frame from the client.
    After(Duration),
    /// Nothing is ever done. As `timeout`, a peer that vanished is then found by TCP alone, or not at all.
    Never,
}

impl Timeout {
    /// In milliseconds, for comparison with clocks.
    pub(crate) const fn millis(self) -> u64 {
        match self {
            Timeout::After(time) => time.as_millis() as u64,
            Timeout::Never => u64::MAX,
        }
    }
}

/// Answers a client whose `connect` was refused with a reason. It gets the endpoint too, and by it the application's state.
pub type ErrorHandler = fn(&http::request::Parts, Refused, &Handle) -> Response<Body>;

/// `websocket(..)`: the WebSocket transport of a mount.
#[derive(Clone, Copy, Debug)]
pub struct WebSocket {
    /// Appended to the mount's path. Default `"/websocket"`, which is what the JavaScript client asks for.
    pub path: &'static str,
    /// Silence after which the connection is closed, with code 1002. Default 60 s. Any frame of the client counts, a
    /// ping or pong too; what is sent to it does not.
    pub timeout: Timeout,
    /// Time after which a callback that has not returned is given up: it is dropped where it waits, `terminate` is told
    /// [`Reason::Failed`](crate::socket::Reason::Failed), and the client is closed with 1011. Callbacks of channels are not counted.
    /// Default: never, because a callback that is dropped leaves its work off at any `.await`, and how long that work may
    /// take only the application knows. Whatever is set here, the stream of a client that is gone is closed within ten
    /// seconds, though its callback goes on.
    pub callback_timeout: Timeout,
    /// Silence after which the client is sent a ping; its answer counts as a sign of life. Default: no pings, which suits
    /// Phoenix's clients, as they send a heartbeat of their own every 30 s.
    pub ping: Timeout,
    /// Largest payload of a frame in bytes; 1009 past it, by the head alone. Default 8 MiB.
    ///
    /// Head and mask do not count. A compressed frame counts as it is on the wire.
    pub max_frame_size: usize,
    /// Largest message in bytes, over all its fragments; 1009 past it. Default: `max_frame_size`.
    ///
    /// A compressed message counts twice: what came on the wire may not be larger, nor what it inflates to.
    pub max_message_size: Option<usize>,
    /// Negotiates permessage-deflate (RFC 7692) with clients that offer it. Default false. True is an error at compile time or
    /// at the start while the feature `compress` is off.
    pub compress: bool,
    /// Subprotocols in the server's order of preference. Default none: the header is ignored.
    pub subprotocols: Option<&'static [&'static str]>,
    /// Which web pages may connect. Default: what the endpoint says.
    pub check_origin: Option<CheckOrigin<&'static [&'static str]>>,
    /// Gives connect_info `session` only to clients whose parameter `_csrf_token` shows that one of the application's
    /// own pages opens the socket. Default true. Without it, `check_origin` alone keeps other sites out.
    pub check_csrf: bool,
    /// What `connect` may read about the request. Default nothing.
    pub connect_info: ConnectInfo,
    /// Takes a bearer token from the subprotocol header into connect_info `auth_token`. Default false.
    pub auth_token: bool,
    /// Answers when `connect` refuses with a reason. Default: an empty 403.
    pub error_handler: Option<ErrorHandler>,
    /// Logs each connection attempt as a request, at this level. Default: not at all.
    pub transport_log: Option<tracing::Level>,
    /// Bounds of what waits to be sent to one client.
    pub outbox: OutboxOptions,
}

impl WebSocket {
    /// Largest message in bytes.
    pub(crate) fn max_message(&self) -> usize {
        self.max_message_size.unwrap_or(self.max_frame_size)
    }

    /// The defaults of every key.
    pub const DEFAULT: WebSocket = WebSocket {
        path: "/websocket",
        timeout: Timeout::After(Duration::from_secs(60)),
        callback_timeout: Timeout::Never,
        ping: Timeout::Never,
        max_frame_size: 8 * 1024 * 1024,
        max_message_size: None,
        compress: false,
        subprotocols: None,
        check_origin: None,
        check_csrf: true,
        connect_info: ConnectInfo::NOTHING,
        auth_token: false,
        error_handler: None,
        transport_log: None,
        outbox: OutboxOptions::DEFAULT,
    };
}

/// `longpoll(..)`: the longpoll transport of a mount, for clients whose network lets no WebSocket through.
///
/// Clients need not come back to the node that has their session: requests find it by PubSub.
#[derive(Clone, Copy, Debug)]
pub struct LongPoll {
    /// Appended to the mount's path. Default `"/longpoll"`, which is what the JavaScript client asks for.
    pub path: &'static str,
    /// How long a poll waits for messages, and how long a request with messages waits for each of them to be handled.
    /// Default 10 s. A session ends when its client has not polled for one and a half times this long.
    ///
    /// Keep it below the time-out of the client's requests (20 s in the JavaScript client) and of proxies.
    pub window: Duration,
    /// Time after which a callback that has not returned is given up: see
    /// [`WebSocket::callback_timeout`](WebSocket::callback_timeout). Default: never.
    pub callback_timeout: Timeout,
    /// How long a session on another node may take to answer. Default 2 s.
    pub pubsub_timeout: Duration,
    /// How the tokens are signed by which clients name their session.
    pub crypto: TokenOptions,
    /// Which web pages may connect. Default: what the endpoint says.
    pub check_origin: Option<CheckOrigin<&'static [&'static str]>>,
    /// Gives connect_info `session` only to clients whose parameter `_csrf_token` shows that one of the application's
    /// own pages opens the socket. Default true. Without it, `check_origin` alone keeps other sites out.
    pub check_csrf: bool,
    /// What `connect` may read about the request that opens a session. Default nothing.
    pub connect_info: ConnectInfo,
    /// Takes a token from the header `x-phoenix-authtoken` into connect_info `auth_token`. Default false.
    pub auth_token: bool,
    /// Logs each request, at this level. Default: not at all.
    pub transport_log: Option<tracing::Level>,
    /// Bounds of what waits for one client, together with what it has not acknowledged yet.
    pub outbox: OutboxOptions,
    /// Largest request body in bytes, answered by 413 past it. Default 8,000,000.
    pub max_body_size: usize,
    /// Most messages in one request, answered by 413 past it. Default 100, which is what the JavaScript client sends at
    /// most.
    pub max_batch: usize,
    /// Most sessions of this mount on this node; a client past it is answered 503. Default 10,000.
    pub max_sessions: usize,
    /// Most sessions of one client on this mount and node, answered by 429 past it. One client is an IPv4 address or a /64
    /// of IPv6; behind proxies that `trusted_proxies` names, the address that they forward. Who has none, as all have who
    /// come by a Unix socket, is not limited. Default 1,000, or `max_sessions` if that is less.
    pub max_sessions_per_ip: Option<usize>,
}

/// Enough for everybody behind one address, and too little to take a mount from all others.
const SESSIONS_PER_IP: usize = 1_000;

impl LongPoll {
    /// The time without a poll after which a session ends.
    pub(crate) fn silence(&self) -> Duration {
        self.window.saturating_add(self.window / 2)
    }

    /// Most sessions of one client.
    pub(crate) fn most_sessions_per_ip(&self) -> usize {
        self.max_sessions_per_ip
            .unwrap_or(SESSIONS_PER_IP.min(self.max_sessions))
    }

    /// The defaults of every key.
    pub const DEFAULT: LongPoll = LongPoll {
        path: "/longpoll",
        window: Duration::from_secs(10),
        callback_timeout: Timeout::Never,
        pubsub_timeout: Duration::from_secs(2),
        crypto: TokenOptions::DEFAULT,
        check_origin: None,
        check_csrf: true,
        connect_info: ConnectInfo::NOTHING,
        auth_token: false,
        transport_log: None,
        outbox: OutboxOptions::DEFAULT,
        max_body_size: 8_000_000,
        max_batch: 100,
        max_sessions: 10_000,
        max_sessions_per_ip: None,
    };
}

/// `crypto(..)`: how a longpoll session's token is signed. See [`KeyOptions`] for the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenOptions {
    /// How long after the session was opened its token is good. Default two weeks.
    pub max_age: Duration,
    /// Iterations of PBKDF2; at least 1. Default 1000.
    pub key_iterations: u32,
    /// Bytes of the key; at least 16. Default 32.
    pub key_length: usize,
    /// The hash function. Default SHA-256.
    pub key_digest: Digest,
}

impl TokenOptions {
    /// The defaults of every key.
    pub const DEFAULT: TokenOptions = TokenOptions {
        max_age: Duration::from_secs(14 * 24 * 3600),
        key_iterations: KeyOptions::DEFAULT.iterations,
        key_length: KeyOptions::DEFAULT.length,
        key_digest: KeyOptions::DEFAULT.digest,
    };

    pub(crate) fn key(self) -> KeyOptions {
        KeyOptions {
            iterations: self.key_iterations,
            length: self.key_length,
            digest: self.key_digest,
        }
    }
}

/// What happens to a broadcast for a client whose outbox is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overflow {
    /// Close the connection with 1013 ("try again later"): the client comes back and starts afresh.
    Close,
    /// Drop the oldest broadcasts that wait. Counted in the endpoint's statistics, and logged.
    DropOldest,
}

/// `outbox(..)`: bounds of what waits to be sent to one client.
///
/// The limit is for broadcasts. What a socket's own callbacks push is never dropped, and waits beside them: while more than
/// half of the limit waits in all, no callback is called, and nothing more is read from that client
/// ([`Outbox::push`](crate::socket::Outbox::push) says what bounds a single callback). A client that takes nothing of what waits
/// for 30 s is closed with 1013.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxOptions {
    /// Bytes of broadcasts that may wait, bookkeeping included. One larger than half of this leaves the other half to the
    /// rest: one message may always wait, whatever its size, without ending those beside it. Default 1 MiB.
    pub limit: usize,
    /// What happens to a broadcast past the limit. Default: close.
    pub overflow: Overflow,
}

impl OutboxOptions {
    /// The defaults of both keys.
    pub const DEFAULT: OutboxOptions = OutboxOptions {
        limit: 1024 * 1024,
        overflow: Overflow::Close,
    };
}

/// `drainer(..)`: how the connections of a mount are told to go when the endpoint stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drainer {
    /// Connections told at once. Default 10,000.
    pub batch_size: usize,
    /// Pause between batches. Default 2 s.
    pub batch_interval: Duration,
    /// After this long, those that are left end at once: their clients are told as far as their streams take it, and
    /// `terminate` is called. A callback that runs still is dropped where it waits; that, or what a client could not be
    /// given, counts as a connection that was cut off. Default 30 s.
    pub shutdown: Duration,
}

impl Drainer {
    /// The defaults of every key.
    pub const DEFAULT: Drainer = Drainer {
        batch_size: 10_000,
        batch_interval: Duration::from_secs(2),
        shutdown: Duration::from_secs(30),
    };
}

/// `#[socket(..)]`: defaults for every mount of a socket.
#[derive(Clone, Copy, Debug)]
pub struct SocketOptions {
    /// The WebSocket transport's options where a mount does not set them.
    pub websocket: WebSocket,
    /// The longpoll transport where a mount does not say; `None` leaves it off.
    pub longpoll: Option<LongPoll>,
    /// How connections drain where a mount does not say; `None` closes all at once.
    pub drainer: Option<Drainer>,
    /// The level at which accepted and refused connections are logged. Default info; `None` is silent.
    pub log: Option<tracing::Level>,
}

impl SocketOptions {
    /// The defaults of every key.
    pub const DEFAULT: SocketOptions = SocketOptions {
        websocket: WebSocket::DEFAULT,
        longpoll: None,
        drainer: Some(Drainer::DEFAULT),
        log: Some(tracing::Level::INFO),
    };
}
