//! What a mount can set, and a socket can preset for its mounts.
//!
//! All of it is constant, but that a drainer has values that are known at start: `endpoint!` and
//! `#[socket]` lower their groups to these structs, a field for each key.

use std::time::Duration;

use http::Response;

use super::{ConnectInfo, DeflateOptions, DrainerOptions, Refused};
use crate::{
    body::Body,
    crypto::{Digest, KeyOptions},
    handle::Handle,
    origin::CheckOrigin,
};

/// A time limit, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timeout {
    /// After this time.
    After(Duration),
    /// No limit. With `timeout = never`, only TCP detects that a peer is gone, or nothing does.
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

/// Answers a client whose `connect` was refused with a reason. The handle gives it the
/// application's state.
pub type ErrorHandler = fn(&http::request::Parts, Refused, &Handle) -> Response<Body>;

/// `websocket(..)`: the WebSocket transport of a mount.
#[derive(Clone, Copy, Debug)]
pub struct WebSocket {
    /// Appended to the mount's path. Default `"/websocket"`, which is what the JavaScript client
    /// asks for.
    pub path: &'static str,
    /// Silence after which the connection is closed, with code 1002. Default 60 s. Any frame of the
    /// client counts, a ping or pong too; what is sent to it does not.
    pub timeout: Timeout,
    /// Time after which a callback that has not returned is dropped at its `.await`. `terminate` is
    /// told [`Reason::Failed`](crate::socket::Reason::Failed), and the client is closed with 1011.
    /// Callbacks of channels have no such limit. Default: never, because only the application knows
    /// how long a callback's work may take, and at which `.await` it may end. Whatever is set here,
    /// the stream of a client that is gone is closed within ten seconds; its callback goes on.
    pub callback_timeout: Timeout,
    /// Silence after which the client is sent a ping. Its pong ends the silence. Default: no pings,
    /// because Phoenix's clients send a heartbeat every 30 s.
    pub ping: Timeout,
    /// Largest payload of a frame in bytes. Past it the connection is closed with 1009 as soon as
    /// the frame's head is read. Default 8 MiB.
    ///
    /// Head and mask do not count. A compressed frame counts with its compressed length.
    pub max_frame_size: usize,
    /// Largest message in bytes, over all its fragments. Past it the connection is closed with
    /// 1009. Default: `max_frame_size`.
    ///
    /// The limit holds for a compressed message twice: for its length on the wire, and for its
    /// inflated length.
    pub max_message_size: Option<usize>,
    /// Negotiates permessage-deflate (RFC 7692) with clients that offer it. Default false. While
    /// the feature `compress` is off, true is an error at compile time or at start.
    pub compress: bool,
    /// How messages are compressed where that is agreed on.
    pub deflate_options: DeflateOptions,
    /// Subprotocols in the server's order of preference. Default none: the header is ignored.
    pub subprotocols: Option<&'static [&'static str]>,
    /// Which web pages may connect. Default: what the endpoint says.
    pub check_origin: Option<CheckOrigin<&'static [&'static str]>>,
    /// Gives connect_info `session` only if the parameter `_csrf_token` shows that one of the
    /// application's own pages opens the socket. Default true. If false, only `check_origin` keeps
    /// other sites out.
    pub check_csrf: bool,
    /// What `connect` may read about the request. Default nothing.
    pub connect_info: ConnectInfo,
    /// Takes a bearer token from the subprotocol header into connect_info `auth_token`. Default
    /// false.
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
        deflate_options: DeflateOptions::DEFAULT,
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

/// `longpoll(..)`: the longpoll transport of a mount, for clients whose network lets no WebSocket
/// through.
///
/// A client's requests may reach any node: they find the node of the session by PubSub.
#[derive(Clone, Copy, Debug)]
pub struct LongPoll {
    /// Appended to the mount's path. Default `"/longpoll"`, which is what the JavaScript client
    /// asks for.
    pub path: &'static str,
    /// How long a poll waits for messages, and how long a request with messages waits for each of
    /// them to be handled. Default 10 s. A session ends when its client has not polled for one and
    /// a half times this long.
    ///
    /// Keep it below the time-out of the client's requests (20 s in the JavaScript client) and of
    /// proxies.
    pub window: Duration,
    /// Time after which a callback that has not returned is given up: see
    /// [`WebSocket::callback_timeout`](WebSocket::callback_timeout). Default: never.
    pub callback_timeout: Timeout,
    /// How long a session on another node may take to answer. Default 2 s.
    pub pubsub_timeout: Duration,
    /// How session tokens are signed.
    pub crypto: TokenOptions,
    /// Which web pages may connect. Default: what the endpoint says.
    pub check_origin: Option<CheckOrigin<&'static [&'static str]>>,
    /// Gives connect_info `session` only if the parameter `_csrf_token` shows that one of the
    /// application's own pages opens the socket. Default true. If false, only `check_origin` keeps
    /// other sites out.
    pub check_csrf: bool,
    /// What `connect` may read about the request that opens a session. Default nothing.
    pub connect_info: ConnectInfo,
    /// Takes a token from the header `x-phoenix-authtoken` into connect_info `auth_token`. Default
    /// false.
    pub auth_token: bool,
    /// Logs each request, at this level. Default: not at all.
    pub transport_log: Option<tracing::Level>,
    /// Bounds of what waits for one client, including what it has not acknowledged yet.
    pub outbox: OutboxOptions,
    /// Largest request body in bytes. Past it the request is answered 413. Default 8,000,000.
    pub max_body_size: usize,
    /// Most messages in one request. Past it the request is answered 413. Default 100, the most
    /// that the JavaScript client sends.
    pub max_batch: usize,
    /// Most sessions of this mount on this node. Past it a client is answered 503. Default 10,000.
    pub max_sessions: usize,
    /// Most sessions of one client on this mount and node. Past it the client is answered 429. One
    /// client is an IPv4 address or a /64 of IPv6; behind `trusted_proxies`, the address that they
    /// forward. Clients without an address, such as those of a Unix socket, are not limited.
    /// Default 1,000, or `max_sessions` if that is less.
    pub max_sessions_per_ip: Option<usize>,
}

/// Enough for all users behind one address, and too few to exhaust the mount.
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
    /// Close the connection with 1013 ("try again later"). The client reconnects.
    Close,
    /// Drop the oldest waiting broadcasts. They are counted in the endpoint's statistics, and
    /// logged.
    DropOldest,
}

/// `outbox(..)`: bounds of what waits to be sent to one client.
///
/// The limit is for broadcasts. Messages that callbacks push are never dropped. While more than
/// half of the limit waits, pushed messages included, no callback is called, and nothing is read
/// from the client. [`Outbox::push`](crate::socket::Outbox::push) says what bounds a single
/// callback. A client that reads nothing for 30 s while messages wait is closed with 1013.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxOptions {
    /// Bytes of broadcasts that may wait, with bookkeeping. Default 1 MiB. One broadcast of any
    /// size may always wait, and half of the limit remains for others beside it.
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

/// `#[socket(..)]`: defaults for every mount of a socket.
#[derive(Clone, Copy, Debug)]
pub struct SocketOptions {
    /// Options of the WebSocket transport that a mount does not set.
    pub websocket: WebSocket,
    /// The longpoll transport, unless a mount sets it. `None` leaves it off.
    pub longpoll: Option<LongPoll>,
    /// How connections drain, unless a mount sets it. `None` closes all at once.
    pub drainer: Option<DrainerOptions>,
    /// The level at which accepted and refused connections are logged. Default info; `None` is
    /// silent.
    pub log: Option<tracing::Level>,
}

impl SocketOptions {
    /// The defaults of every key.
    pub const DEFAULT: SocketOptions = SocketOptions {
        websocket: WebSocket::DEFAULT,
        longpoll: None,
        drainer: Some(DrainerOptions::DEFAULT),
        log: Some(tracing::Level::INFO),
    };
}
