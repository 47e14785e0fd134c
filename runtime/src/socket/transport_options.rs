//! The options that all transports share.

use std::time::Duration;

use super::{ConnectInfo, LongPoll, OutboxOptions, Timeout, WebSocket};
use crate::origin::CheckOrigin;

/// How long a client may take nothing of what waits for it, unless told otherwise.
const WRITE_TIMEOUT: Timeout = Timeout::After(Duration::from_secs(30));

/// The options that all transports share. A custom transport returns them from
/// [`Transport::options`](crate::transport::Transport::options).
#[derive(Clone, Copy, Debug)]
pub struct TransportOptions {
    /// Appended to the mount's path, such as `"/sse"`. It may be empty.
    pub path: &'static str,
    /// Which web pages may connect. Default: the endpoint's setting.
    pub check_origin: Option<CheckOrigin<&'static [&'static str]>>,
    /// Grants connect_info `session` only if the parameter `_csrf_token` shows that one of the
    /// application's own pages opens the socket. Default true.
    pub check_csrf: bool,
    /// What `connect` may read about the request. Default nothing.
    pub connect_info: ConnectInfo,
    /// Whether the transport supplies connect_info `auth_token`. Default false.
    pub auth_token: bool,
    /// Logs each request, at this level. Default: not at all.
    pub transport_log: Option<tracing::Level>,
    /// Time without [`Driver::touch`](crate::transport::Driver::touch) after which a connection
    /// ends with [`Reason::Timeout`](crate::socket::Reason::Timeout). Default: never.
    pub timeout: Timeout,
    /// Time after which a callback that has not returned is cancelled, as for
    /// [`WebSocket`](crate::mount::WebSocket::callback_timeout). The flow is then that of code
    /// 1011. Default: never.
    pub callback_timeout: Timeout,
    /// Time for which a client may take nothing of what waits for it. Its connection then ends with
    /// [`Reason::Overflow`](crate::socket::Reason::Overflow). Default: 30 s.
    pub write_timeout: Timeout,
    /// The largest message that a client may send, in bytes. It bounds what a socket of channels
    /// keeps of one client. The transport has to enforce it. Default: 8,000,000, as for longpoll.
    pub max_message: usize,
    /// Bounds of what waits to be sent to one client.
    pub outbox: OutboxOptions,
}

impl TransportOptions {
    /// The defaults of every option; the path is empty.
    pub const DEFAULT: TransportOptions = TransportOptions {
        path: "",
        check_origin: None,
        check_csrf: true,
        connect_info: ConnectInfo::NOTHING,
        auth_token: false,
        transport_log: None,
        timeout: Timeout::Never,
        callback_timeout: Timeout::Never,
        write_timeout: WRITE_TIMEOUT,
        max_message: LongPoll::DEFAULT.max_body_size,
        outbox: OutboxOptions::DEFAULT,
    };
}

impl From<&WebSocket> for TransportOptions {
    fn from(options: &WebSocket) -> Self {
        let WebSocket {
            path,
            check_origin,
            check_csrf,
            connect_info,
            auth_token,
            transport_log,
            ..
        } = *options;
        TransportOptions {
            path,
            check_origin,
            check_csrf,
            connect_info,
            auth_token,
            transport_log,
            timeout: options.timeout,
            callback_timeout: options.callback_timeout,
            write_timeout: WRITE_TIMEOUT,
            max_message: options.max_message(),
            outbox: options.outbox,
        }
    }
}

impl From<&LongPoll> for TransportOptions {
    fn from(options: &LongPoll) -> Self {
        let LongPoll {
            path,
            check_origin,
            check_csrf,
            connect_info,
            auth_token,
            transport_log,
            ..
        } = *options;
        TransportOptions {
            path,
            check_origin,
            check_csrf,
            connect_info,
            auth_token,
            transport_log,
            timeout: Timeout::After(options.silence()),
            callback_timeout: options.callback_timeout,
            // A client takes what waits when it polls: one that does not is silent.
            write_timeout: Timeout::Never,
            max_message: options.max_body_size,
            outbox: options.outbox,
        }
    }
}
