//! What a connection attempt brings along, and how arguments are taken from it.

use std::{any::Any, fmt, str::FromStr, sync::Arc};

use serde::de::DeserializeOwned;

use super::{
    Refused,
    info::{Headers, InfoValues, PeerData, RequestUri},
    mailbox::Mailbox,
    mounted::Mounted,
    params::Params,
    transport_options::TransportOptions,
};
#[cfg(feature = "testing")]
use crate::handle::GIVEN;
use crate::{
    handle::Handle,
    session::Session,
    state::{Need, Needed},
};

/// The transport that a connection came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportKind {
    /// WebSocket (RFC 6455).
    WebSocket,
    /// Longpoll: requests that wait for messages.
    LongPoll,
    /// A transport of the application's own, by its name.
    Custom(&'static str),
}

impl TransportKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            TransportKind::WebSocket => "websocket",
            TransportKind::LongPoll => "longpoll",
            TransportKind::Custom(name) => name,
        }
    }

    pub(crate) fn is_custom(self) -> bool {
        matches!(self, TransportKind::Custom(_))
    }
}

impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A client that wants to connect: what [`connect`](crate::Socket::connect) is given.
///
/// Under `#[socket]`, arguments marked `#[param]` and `#[info]` are taken from it by name,
/// `#[state]` arguments from the application's state, and any other argument by its type
/// ([`FromConnect`]).
pub struct Connect<I> {
    pub(crate) mailbox: Mailbox<I>,
    /// Boxed, since an attempt is moved through several futures, and each has room for it.
    pub(crate) brought: Box<Brought>,
}

/// What a client that wants to connect brings along, whatever the type of its socket.
pub(crate) struct Brought {
    pub(crate) params: Params,
    /// `None` if nothing was granted. Most have little.
    pub(crate) info: Option<Box<InfoValues>>,
    pub(crate) handle: Handle,
    pub(crate) transport: TransportKind,
    pub(crate) mounted: Arc<Mounted>,
    pub(crate) options: Arc<TransportOptions>,
    /// The serializer of a socket with channels.
    pub(crate) speaks: Option<&'static (dyn Any + Send + Sync)>,
}

impl<I> Connect<I> {
    /// Query and path parameters; a path parameter wins over a query parameter of the same name.
    pub fn params(&self) -> &Params {
        &self.brought.params
    }

    /// The endpoint that the client came to.
    pub fn handle(&self) -> &Handle {
        &self.brought.handle
    }

    /// Takes a part of the application's state: `connect.take::<Need<Pool>>()`.
    ///
    /// # Panics
    /// When the socket's [`State`](crate::Socket::State) does not name the part.
    pub fn take<N: Needed>(&self) -> N::Value {
        self.handle().app().needed::<N>()
    }

    /// The address of the socket that is being made. Other tasks send to its `handle_info` by it.
    ///
    /// A socket with channels has no `handle_info`: its mailbox is closed.
    pub fn mailbox(&self) -> &Mailbox<I> {
        &self.mailbox
    }

    /// The socket that a test gives this connection in place of what `connect` makes.
    #[cfg(feature = "testing")]
    pub(crate) fn given<S: 'static>(&self) -> Option<S> {
        let ticket = self.params().get(GIVEN)?.as_str()?;
        self.brought.handle.0.given.take(ticket)
    }

    /// No test gives any.
    #[cfg(not(feature = "testing"))]
    pub(crate) const fn given<S>(&self) -> Option<S> {
        None
    }

    /// The attempt with a closed mailbox, and its mailbox.
    pub(crate) fn split(mut self) -> (Connect<()>, Mailbox<I>) {
        let mailbox = std::mem::replace(&mut self.mailbox, Mailbox::closed());
        (self.with_mailbox(Mailbox::closed()), mailbox)
    }

    /// The attempt with this mailbox in place of its own.
    pub(crate) fn with_mailbox<J>(self, mailbox: Mailbox<J>) -> Connect<J> {
        Connect {
            mailbox,
            brought: self.brought,
        }
    }

    /// The transport that the client chose.
    pub fn transport(&self) -> TransportKind {
        self.brought.transport
    }

    /// The mount that the client came to, with everything that it sets.
    pub fn mount(&self) -> &Mounted {
        &self.brought.mounted
    }

    /// What the mount sets for this transport: a part of [`mount`](Connect::mount), or what a
    /// transport of the application's own says.
    pub fn options(&self) -> &TransportOptions {
        &self.brought.options
    }

    fn info(&self) -> Option<&InfoValues> {
        self.brought.info.as_deref()
    }

    /// connect_info `peer_data`; `None` if not granted, or unknown (a Unix socket has no address).
    pub fn peer_data(&self) -> Option<PeerData> {
        self.info()?.peer_data.clone()
    }

    /// connect_info `x_headers`; `None` if not granted.
    pub fn x_headers(&self) -> Option<Headers> {
        self.info()?.x_headers.clone()
    }

    /// connect_info `trace_context_headers`; `None` if not granted.
    pub fn trace_context_headers(&self) -> Option<Headers> {
        self.info()?.trace_context_headers.clone()
    }

    /// connect_info `uri`; `None` if not granted.
    pub fn uri(&self) -> Option<RequestUri> {
        self.info()?.uri.clone()
    }

    /// connect_info `user_agent`; `None` if not granted, or the client sent none.
    pub fn user_agent(&self) -> Option<String> {
        self.info()?.user_agent.clone()
    }

    /// connect_info `sec_websocket_headers`; `None` if not granted.
    pub fn sec_websocket_headers(&self) -> Option<Headers> {
        self.info()?.sec_websocket_headers.clone()
    }

    /// connect_info `session`; `None` if not granted, or if `_csrf_token` does not show that one of
    /// the application's own pages opens the socket.
    pub fn session(&self) -> Option<Session> {
        self.info()?.session.clone()
    }

    /// connect_info `auth_token`; `None` if the mount takes none, or the client sent none.
    pub fn auth_token(&self) -> Option<String> {
        self.info()?.auth_token.clone()
    }

    /// A value that the application adds to connect_info; `None` if the mount has none of that name
    /// and type.
    pub fn custom<T: Clone + 'static>(&self, name: &str) -> Option<T> {
        let mut custom = self.info()?.custom.iter();
        let (_, value) = custom.find(|(key, _)| *key == name)?;
        value.as_any().downcast_ref::<T>().cloned()
    }
}

impl<I> fmt::Debug for Connect<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parameters and headers may hold credentials.
        f.debug_struct("Connect")
            .field("transport", &self.transport())
            .finish_non_exhaustive()
    }
}

/// An extractor: a type that `connect` can take as an argument without `#[param]`, `#[info]` or
/// `#[state]`. It may wait, and take parts of the application's state.
///
/// ```
/// use landfall::{prelude::*, socket::{Connect, FromConnect}, state::Need};
///
/// #[derive(Clone)]
/// struct Users;
///
/// impl Users {
///     async fn by_token(&self, token: &str) -> Option<CurrentUser> {
///         (token == "valid").then_some(CurrentUser(7))
///     }
/// }
///
/// struct CurrentUser(u64);
///
/// impl<I: Send + 'static> FromConnect<I> for CurrentUser {
///     type State = Need<Users>;
///
///     async fn from_connect(connect: &Connect<I>, users: Users) -> Result<Self, Refused> {
///         let token = connect.params().get("token").and_then(|token| token.as_str());
///         users.by_token(token.unwrap_or_default()).await.ok_or_else(Refused::new)
///     }
/// }
///
/// struct Visitor(u64);
///
/// #[socket]
/// impl Visitor {
///     async fn connect(user: CurrentUser) -> Result<Self, Refused> {
///         Ok(Visitor(user.0))
///     }
///
///     async fn handle_in(&mut self, _: Message, out: &mut Outbox) {
///         out.push(format!("you are {}", self.0));
///     }
/// }
///
/// endpoint! {
///     struct Web;
///     state = Users;
///     socket("/socket", Visitor);
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`connect` can't take `{Self}` by its type",
    label = "neither `#[param]` nor `#[info]` nor `#[state]`",
    note = "write `#[param]` to take a parameter of that name, `#[info]` to take a connect_info value, or `#[state]` to take a part of the application's state"
)]
pub trait FromConnect<I>: Sized {
    /// The parts of the application's state that it takes: `()`,
    /// [`Need<Pool>`](crate::state::Need), or a tuple of needs.
    type State: Needed;

    /// Takes the value, or refuses the connection. `state` is the part, or the tuple of parts.
    ///
    /// # Errors
    /// Whatever the implementation refuses with.
    fn from_connect(
        connect: &Connect<I>,
        state: <Self::State as Needed>::Value,
    ) -> impl Future<Output = Result<Self, Refused>> + Send;
}

impl<I: Send + 'static> FromConnect<I> for Handle {
    type State = ();

    async fn from_connect(connect: &Connect<I>, (): ()) -> Result<Self, Refused> {
        Ok(connect.handle().clone())
    }
}

impl<I: Send + 'static> FromConnect<I> for Mailbox<I> {
    type State = ();

    async fn from_connect(connect: &Connect<I>, (): ()) -> Result<Self, Refused> {
        Ok(connect.mailbox.clone())
    }
}

impl<I: Send + 'static> FromConnect<I> for Params {
    type State = ();

    async fn from_connect(connect: &Connect<I>, (): ()) -> Result<Self, Refused> {
        Ok(connect.params().clone())
    }
}

impl<I: Send + 'static> FromConnect<I> for TransportKind {
    type State = ();

    async fn from_connect(connect: &Connect<I>, (): ()) -> Result<Self, Refused> {
        Ok(connect.transport())
    }
}

impl<I: Send + 'static> FromConnect<I> for Mounted {
    type State = ();

    async fn from_connect(connect: &Connect<I>, (): ()) -> Result<Self, Refused> {
        Ok(*connect.mount())
    }
}

impl<I: Send + 'static> FromConnect<I> for TransportOptions {
    type State = ();

    async fn from_connect(connect: &Connect<I>, (): ()) -> Result<Self, Refused> {
        Ok(*connect.options())
    }
}

/// What the arguments of `connect` lower to.
#[doc(hidden)]
pub mod argument {
    use super::*;

    /// `#[state] x: T`, in any callback.
    pub fn state<T: Send + 'static>(handle: &Handle) -> T {
        handle.app().needed::<Need<T>>()
    }

    /// `x: T`: what `T` takes of the application's state.
    pub fn needs<I, T: FromConnect<I>>(connect: &Connect<I>) -> <T::State as Needed>::Value {
        connect.take::<T::State>()
    }

    /// A parameter that serde reads.
    #[diagnostic::on_unimplemented(
        message = "a parameter can't be read as `{Self}`",
        label = "not a parameter",
        note = "derive `serde::Deserialize` for it, or write `#[param(from_str)]` if it implements `FromStr`"
    )]
    pub trait FromParam: DeserializeOwned {}

    impl<T: DeserializeOwned> FromParam for T {}

    /// Text that `FromStr` reads.
    #[diagnostic::on_unimplemented(
        message = "text can't be read as `{Self}`",
        label = "not `FromStr`",
        note = "implement `FromStr` for it, with an error that implements `Display`"
    )]
    pub trait FromText: FromStr<Err: fmt::Display> {}

    impl<T: FromStr<Err: fmt::Display>> FromText for T {}

    /// `#[param] x: T`.
    pub fn required<I, T: FromParam>(connect: &Connect<I>, name: &str) -> Result<T, Refused> {
        optional(connect, name)?.ok_or_else(|| missing("parameter", name))
    }

    /// `#[param] x: Option<T>` and `#[param(default = ..)]`.
    pub fn optional<I, T: FromParam>(
        connect: &Connect<I>,
        name: &str,
    ) -> Result<Option<T>, Refused> {
        let Some(param) = connect.params().get(name) else {
            return Ok(None);
        };
        param
            .parse()
            .map(Some)
            .map_err(|error| invalid(name, &error))
    }

    /// `#[param(from_str)] x: T`.
    pub fn required_from_str<I, T: FromText>(
        connect: &Connect<I>,
        name: &str,
    ) -> Result<T, Refused> {
        optional_from_str(connect, name)?.ok_or_else(|| missing("parameter", name))
    }

    /// `#[param(from_str)] x: Option<T>`.
    pub fn optional_from_str<I, T: FromText>(
        connect: &Connect<I>,
        name: &str,
    ) -> Result<Option<T>, Refused> {
        let Some(param) = connect.params().get(name) else {
            return Ok(None);
        };
        let text = param
            .as_str()
            .ok_or_else(|| invalid(name, &"expected one value"))?;
        text.parse()
            .map(Some)
            .map_err(|error| invalid(name, &error))
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
