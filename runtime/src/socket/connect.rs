//! What a connection attempt brings along, and how arguments are taken from it.

use std::{fmt, str::FromStr};

use serde::de::DeserializeOwned;

use super::{
    Refused,
    info::{Headers, InfoValues, PeerData, RequestUri},
    mailbox::Mailbox,
    params::Params,
};
use crate::{handle::Handle, session::Session};

/// The transport that a connection came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportKind {
    /// RFC 6455.
    WebSocket,
    /// Requests that wait for messages.
    LongPoll,
    /// A transport of the application's own, by its name.
    Custom(&'static str),
}

impl TransportKind {
    pub(crate) fn is_custom(self) -> bool {
        matches!(self, TransportKind::Custom(_))
    }
}

impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TransportKind::WebSocket => "websocket",
            TransportKind::LongPoll => "longpoll",
            TransportKind::Custom(name) => name,
        })
    }
}

/// A client that wants to connect: what [`connect`](crate::Socket::connect) is given.
///
/// Under `#[socket]`, arguments marked `#[param]` and `#[info]` are taken from it by name, and any other argument by
/// its type ([`FromConnect`]).
pub struct Connect<I> {
    pub(crate) params: Params,
    pub(crate) info: InfoValues,
    pub(crate) handle: Handle,
    pub(crate) mailbox: Mailbox<I>,
    pub(crate) transport: TransportKind,
}

impl<I> Connect<I> {
    /// Query and path parameters; a path parameter wins over a query parameter of the same name.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The endpoint that the client came to.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// The address of the socket that is being made: tasks that hold it can send to `handle_info`.
    pub fn mailbox(&self) -> &Mailbox<I> {
        &self.mailbox
    }

    /// The transport that the client chose.
    pub fn transport(&self) -> TransportKind {
        self.transport
    }

    /// connect_info `peer_data`; `None` if not granted, or unknown (a Unix socket has no address).
    pub fn peer_data(&self) -> Option<PeerData> {
        self.info.peer_data.clone()
    }

    /// connect_info `x_headers`; `None` if not granted.
    pub fn x_headers(&self) -> Option<Headers> {
        self.info.x_headers.clone()
    }

    /// connect_info `trace_context_headers`; `None` if not granted.
    pub fn trace_context_headers(&self) -> Option<Headers> {
        self.info.trace_context_headers.clone()
    }

    /// connect_info `uri`; `None` if not granted.
    pub fn uri(&self) -> Option<RequestUri> {
        self.info.uri.clone()
    }

    /// connect_info `user_agent`; `None` if not granted, or the client sent none.
    pub fn user_agent(&self) -> Option<String> {
        self.info.user_agent.clone()
    }

    /// connect_info `sec_websocket_headers`; `None` if not granted.
    pub fn sec_websocket_headers(&self) -> Option<Headers> {
        self.info.sec_websocket_headers.clone()
    }

    /// connect_info `session`; `None` if not granted, or the client did not show by `_csrf_token` that one of the
    /// application's own pages opens the socket.
    pub fn session(&self) -> Option<Session> {
        self.info.session.clone()
    }

    /// connect_info `auth_token`; `None` if the mount takes none, or the client sent none.
    pub fn auth_token(&self) -> Option<String> {
        self.info.auth_token.clone()
    }

    /// A connect_info value of the application's own; `None` if the mount has none of that name and type.
    pub fn custom<T: Clone + 'static>(&self, name: &str) -> Option<T> {
        let (_, value) = self.info.custom.iter().find(|(key, _)| *key == name)?;
        value.as_any().downcast_ref::<T>().cloned()
    }
}

impl<I> fmt::Debug for Connect<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parameters and headers may hold credentials.
        f.debug_struct("Connect").field("transport", &self.transport).finish_non_exhaustive()
    }
}

/// A type that `connect` can take as an argument without `#[param]` or `#[info]`.
#[diagnostic::on_unimplemented(
    message = "`connect` can't take `{Self}` by its type",
    label = "neither `#[param]` nor `#[info]`",
    note = "write `#[param]` to take a parameter of that name, or `#[info]` to take a connect_info value"
)]
pub trait FromConnect<I>: Sized {
    /// Takes the value, or refuses the connection.
    ///
    /// # Errors
    /// Whatever the implementation refuses with.
    fn from_connect(connect: &Connect<I>) -> Result<Self, Refused>;
}

impl<I> FromConnect<I> for Handle {
    fn from_connect(connect: &Connect<I>) -> Result<Self, Refused> {
        Ok(connect.handle.clone())
    }
}

impl<I> FromConnect<I> for Mailbox<I> {
    fn from_connect(connect: &Connect<I>) -> Result<Self, Refused> {
        Ok(connect.mailbox.clone())
    }
}

impl<I> FromConnect<I> for Params {
    fn from_connect(connect: &Connect<I>) -> Result<Self, Refused> {
        Ok(connect.params.clone())
    }
}

impl<I> FromConnect<I> for TransportKind {
    fn from_connect(connect: &Connect<I>) -> Result<Self, Refused> {
        Ok(connect.transport)
    }
}

/// What `#[param]` and `#[info]` arguments lower to.
#[doc(hidden)]
pub mod argument {
    use super::*;

    /// `#[param] x: T`.
    pub fn required<I, T: DeserializeOwned>(connect: &Connect<I>, name: &str) -> Result<T, Refused> {
        optional(connect, name)?.ok_or_else(|| missing("parameter", name))
    }

    /// `#[param] x: Option<T>` and `#[param(default = ..)]`.
    pub fn optional<I, T: DeserializeOwned>(connect: &Connect<I>, name: &str) -> Result<Option<T>, Refused> {
        let Some(param) = connect.params.get(name) else { return Ok(None) };
        param.parse().map(Some).map_err(|error| invalid(name, &error))
    }

    /// `#[param(from_str)] x: T`.
    pub fn required_from_str<I, T: FromStr>(connect: &Connect<I>, name: &str) -> Result<T, Refused>
    where
        T::Err: fmt::Display,
    {
        optional_from_str(connect, name)?.ok_or_else(|| missing("parameter", name))
    }

    /// `#[param(from_str)] x: Option<T>`.
    pub fn optional_from_str<I, T: FromStr>(connect: &Connect<I>, name: &str) -> Result<Option<T>, Refused>
    where
        T::Err: fmt::Display,
    {
        let Some(param) = connect.params.get(name) else { return Ok(None) };
        let text = param.as_str().ok_or_else(|| invalid(name, &"expected one value"))?;
        text.parse().map(Some).map_err(|error| invalid(name, &error))
    }

    /// `#[info] x: T`, where the natural type is `Option<T>`.
    pub fn granted<T>(value: Option<T>, name: &str) -> Result<T, Refused> {
        value.ok_or_else(|| missing("connect_info", name))
    }

    fn missing(what: &str, name: &str) -> Refused {
        Refused::bad_request(format!("{what} `{name}` is missing"))
    }

    fn invalid(name: &str, error: &dyn fmt::Display) -> Refused {
        Refused::bad_request(format!("parameter `{name}` is not valid: {error}"))
    }
}
