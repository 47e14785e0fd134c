//! What every transport of a mount can be told, whatever it speaks.

use std::time::Duration;

use crate::{
    origin::CheckOrigin,
    socket::{ConnectInfo, LongPoll, OutboxOptions, Timeout, WebSocket},
};

/// The options that a transport shares with all others; those of a custom one are what its
/// [`Transport::options`](super::Transport::options) returns.
#[derive(Clone, Copy, Debug)]
pub struct TransportOptions {
    /// Appended to the mount's path, such as `"/sse"`. It may be empty.
    pub path: &'static str,
    /// Which web pages may connect. Default: what the endpoint says.
    pub check_origin: Option<CheckOrigin<&'static [&'static str]>>,
    /// Gives connect_info `session` only to clients whose parameter `_csrf_token` shows that one of the application's
    /// own pages opens the socket. Default true.
    pub check_csrf: bool,
    /// What `connect` may read about the request. Default nothing.
    pub connect_info: ConnectInfo,
    /// The transport takes connect_info `auth_token` from somewhere. Default false.
    pub auth_token: bool,
    /// Logs each request, at this level. Default: not at all.
    pub transport_log: Option<tracing::Level>,
    /// Silence after which a connection ends with [`Reason::Timeout`](crate::Reason::Timeout): that long without
    /// [`Driver::hear`](super::Driver::hear). Default: never.
    pub timeout: Timeout,
    /// Time after which a callback that has not returned is given up, as for
    /// [`WebSocket`](crate::WebSocket::callback_timeout): the flow is that of code 1011. Default: never.
    pub callback_timeout: Timeout,
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
        outbox: OutboxOptions::DEFAULT,
    };
}

impl From<&WebSocket> for TransportOptions {
    fn from(options: &WebSocket) -> Self {
        let WebSocket { path, check_origin, check_csrf, connect_info, auth_token, transport_log, .. } =
            *options;
        let timeout =
            if options.ping.millis() < options.timeout.millis() { options.ping } else { options.timeout };
        let outbox = options.outbox;
        TransportOptions {
            path,
            check_origin,
            check_csrf,
            connect_info,
            auth_token,
            transport_log,
            timeout,
            callback_timeout: options.callback_timeout,
            outbox,
        }
    }
}

impl From<&LongPoll> for TransportOptions {
    fn from(options: &LongPoll) -> Self {
        let LongPoll { path, check_origin, check_csrf, connect_info, auth_token, transport_log, .. } =
            *options;
        let silence = options.window_ms.saturating_add(options.window_ms / 2);
        TransportOptions {
            path,
            check_origin,
            check_csrf,
            connect_info,
            auth_token,
            transport_log,
            timeout: Timeout::After(Duration::from_millis(silence)),
            callback_timeout: options.callback_timeout,
            outbox: options.outbox,
        }
    }
}
