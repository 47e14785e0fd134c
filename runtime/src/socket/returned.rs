//! What callbacks return, and what clients are told of an application's errors.
//!
//! The macros decide by type. If a callback returns `Result<_, E>` and `E` implements
//! [`TellClient`], that says what clients are told. Otherwise `E` is a refusal or any other error.
//! The two implementations would overlap, so the expansion chooses by autoref:
//! `(&value).returned()` finds [`Telling`]'s method if it applies. If it does not, the call finds
//! [`Plain`]'s, which needs one more reference.

use super::{Flow, Outbox, Refused};
use crate::{error::BoxError, escape::chain, pubsub::Payload};

/// An application's error that says what clients are told of it.
///
/// Most errors are failures of the server: a callback that returns one answers "internal error" (or
/// 500, or close code 1011), and the error is logged. An error that is meant for the client
/// implements this trait. It applies where it is the error type that a callback returns, under
/// [`#[socket]`](macro@crate::socket) and [`#[channel]`](macro@crate::channel):
///
/// ```
/// use landfall::prelude::*;
/// use landfall::{pubsub::Payload, socket::TellClient};
/// # struct UserSocket;
/// # #[socket(channel("board:*", Board))]
/// # impl UserSocket {
/// #     fn connect() -> Result<Self, Refused> { Ok(UserSocket) }
/// # }
/// # #[derive(Clone)] struct Store;
/// # impl Store {
/// #     fn open(&self, _: u64) -> Result<Board, BoardError> { Err(BoardError::NoSuchTask) }
/// #     fn finish(&self, _: u64) -> Result<(), std::io::Error> { Ok(()) }
/// # }
/// # endpoint! { struct Web; state = Store; socket("/socket", UserSocket); }
///
/// #[derive(Debug)]
/// enum BoardError {
///     NoSuchTask,
///     Store(std::io::Error),
/// }
///
/// impl TellClient for BoardError {
///     fn payload(&self) -> Option<Payload> {
///         match self {
///             BoardError::NoSuchTask => Some(Payload::reason("no such task")),
///             BoardError::Store(_) => None, // "internal error", and logged
///         }
///     }
/// }
/// # impl std::fmt::Display for BoardError {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{self:?}") }
/// # }
/// # impl std::error::Error for BoardError {}
/// # impl From<std::io::Error> for BoardError {
/// #     fn from(error: std::io::Error) -> Self { BoardError::Store(error) }
/// # }
///
/// struct Board;
///
/// #[channel(UserSocket)]
/// impl Board {
///     async fn join(#[rest] id: u64, #[state] store: Store) -> Result<Self, BoardError> {
///         store.open(id)
///     }
///
///     #[handle_in("finish")]
///     async fn finish(&mut self, task: u64, #[state] store: Store) -> Result<(), BoardError> {
///         store.finish(task)?;
///         Ok(())
///     }
/// }
/// ```
///
/// Only the type that the callback returns decides. If `?` converts the error into another type,
/// such as [`Reply`](crate::channel::Reply) or `anyhow::Error`, this trait is not asked.
pub trait TellClient: Into<BoxError> {
    /// The error reply to a join, or to a message that a channel handles. Default, and `None`: the
    /// client is only told that there was an error. The error is logged with its causes.
    fn payload(&self) -> Option<Payload> {
        None
    }

    /// How `connect` refuses. Default, and `None`: 500, and the error is logged with its causes.
    ///
    /// The error is kept as its cause, as by [`Refused::caused_by`].
    fn refused(&self) -> Option<Refused> {
        None
    }

    /// How a socket without channels goes on. Default, and `None`: the connection is closed with
    /// 1011, and the error is logged with its causes.
    fn flow(&self) -> Option<Flow> {
        None
    }
}

/// What callbacks of `#[socket]` may return: nothing, a [`Flow`], or a `Result` of these. After an
/// error the connection is closed with 1011, and the error is logged with its causes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how a socket goes on",
    label = "expected nothing, `Flow`, or a `Result` of these",
    note = "a callback of a socket returns `()`, `Flow`, `Result<(), E>` or `Result<Flow, E>`"
)]
pub trait IntoFlow {
    /// How the socket goes on.
    ///
    /// # Errors
    /// The error that the callback failed with.
    fn into_flow(self) -> Result<Flow, BoxError>;
}

impl IntoFlow for () {
    fn into_flow(self) -> Result<Flow, BoxError> {
        Ok(Flow::Continue)
    }
}

impl IntoFlow for Flow {
    fn into_flow(self) -> Result<Flow, BoxError> {
        Ok(self)
    }
}

impl<T: IntoFlow, E: Failure> IntoFlow for Result<T, E> {
    fn into_flow(self) -> Result<Flow, BoxError> {
        self.map_err(E::into_error)?.into_flow()
    }
}

/// What `connect` of `#[socket]` may return: the socket, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a result of `connect`",
    label = "expected `{S}`, or a `Result` of it",
    note = "`connect` returns the socket, or `Result<Self, E>` with `Refused` or another error"
)]
pub trait IntoConnected<S> {
    /// The socket.
    ///
    /// # Errors
    /// When the client may not connect, or `connect` failed.
    fn into_connected(self) -> Result<S, Refused>;
}

impl<S> IntoConnected<S> for S {
    fn into_connected(self) -> Result<S, Refused> {
        Ok(self)
    }
}

impl<S, E: Refusal> IntoConnected<S> for Result<S, E> {
    fn into_connected(self) -> Result<S, Refused> {
        self.map_err(E::into_refused)
    }
}

/// An error that a callback of a socket may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that a callback can return",
    label = "not an error, or not `Send + Sync + 'static`",
    note = "a callback returns an error type that implements `std::error::Error`, or `anyhow::Error`, or `Box<dyn Error + Send + Sync>`"
)]
pub trait Failure {
    fn into_error(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Failure for E {
    fn into_error(self) -> BoxError {
        self.into()
    }
}

/// An error that `connect` may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that `connect` can return",
    label = "not an error, or not `Send + Sync + 'static`",
    note = "`connect` returns `Refused`, or an error type that implements `std::error::Error`, or `anyhow::Error`, or `Box<dyn Error + Send + Sync>`"
)]
pub trait Refusal {
    fn into_refused(self) -> Refused;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Refused>> Refusal for E {
    fn into_refused(self) -> Refused {
        self.into()
    }
}

/// The value is a `Result` whose error implements [`TellClient`].
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Telling;

/// The value is of any other type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Plain;

#[doc(hidden)]
pub trait ReturnedTelling {
    fn returned(&self) -> Telling {
        Telling
    }
}

impl<T, E: TellClient> ReturnedTelling for Result<T, E> {}

#[doc(hidden)]
pub trait ReturnedPlain {
    fn returned(&self) -> Plain {
        Plain
    }
}

impl<T> ReturnedPlain for &T {}

impl Plain {
    #[doc(hidden)]
    pub fn connected<S>(self, value: impl IntoConnected<S>) -> Result<S, Refused> {
        value.into_connected()
    }

    #[doc(hidden)]
    pub fn flow(self, value: impl IntoFlow, out: &Outbox, callback: &'static str) -> Flow {
        value
            .into_flow()
            .unwrap_or_else(|error| failed(error, out, callback))
    }
}

impl Telling {
    #[doc(hidden)]
    pub fn connected<S>(self, value: Result<S, impl TellClient>) -> Result<S, Refused> {
        value.map_err(|error| match error.refused() {
            Some(refused) => refused.caused_by(error),
            None => Refused::from(error),
        })
    }

    #[doc(hidden)]
    pub fn flow<T: IntoFlow, E: TellClient>(
        self,
        value: Result<T, E>,
        out: &Outbox,
        callback: &'static str,
    ) -> Flow {
        match value {
            Ok(value) => Plain.flow(value, out, callback),
            Err(error) => match error.flow() {
                Some(flow) => {
                    let (socket, error): (_, BoxError) = (out.link().socket(), error.into());
                    tracing::debug!(socket, callback, reason = %chain(&*error), "a callback refused");
                    flow
                }
                None => failed(error.into(), out, callback),
            },
        }
    }
}

/// Logs why a callback failed, and ends its connection.
#[cold]
fn failed(error: BoxError, out: &Outbox, callback: &'static str) -> Flow {
    let reason = chain(&*error).to_string();
    tracing::error!(socket = out.link().socket(), callback, error = %reason, "a callback failed");
    Flow::fail(reason)
}
