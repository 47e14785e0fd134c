//! What a channel's callback answers.

use std::{borrow::Cow, sync::Arc};

use crate::{
    error::BoxError,
    message::PushError,
    pubsub::{IntoPayload, Payload},
    socket::{
        Reason, TellClient,
        returned::{Plain, Telling},
    },
};

/// The reply to a client's message: a status and a payload.
///
/// ```
/// use landfall::channel::Reply;
///
/// let reply = Reply::ok(serde_json::json!({"id": 7}));
/// assert_eq!(reply.status(), "ok");
/// ```
///
/// `?` on an error answers `{"reason": "internal error"}`. The error is logged with its causes, and
/// the client is not told. It takes whatever turns into a [`BoxError`]: each
/// [`Error`](std::error::Error), `anyhow::Error`, and `Box<dyn Error + Send + Sync>`. A text counts
/// as an error too: [`Reply::because`] is for a text that the client is told. An error type that
/// says what clients are told implements [`TellClient`](crate::socket::TellClient).
#[derive(Clone, Debug)]
pub struct Reply {
    status: Cow<'static, str>,
    payload: Payload,
    cause: Option<Arc<Cause>>,
}

/// The cause of an error reply. It is logged where the socket and the channel are known.
#[derive(Debug)]
pub(super) struct Cause {
    pub(super) error: BoxError,
    /// The client is told what it says: a refusal, not a failure of the server.
    pub(super) told: bool,
    /// The event of the message that was being handled, if there was one.
    pub(super) event: Option<Box<str>>,
}

impl Cause {
    /// A failure of the server, which the client is not told.
    pub(super) fn failure(error: impl Into<BoxError>) -> Arc<Self> {
        Arc::new(Cause {
            error: error.into(),
            told: false,
            event: None,
        })
    }

    /// An error that the client is told.
    pub(super) fn told(error: impl Into<BoxError>) -> Arc<Self> {
        Arc::new(Cause {
            error: error.into(),
            told: true,
            event: None,
        })
    }
}

impl Reply {
    /// Any status with a payload. Clients know `ok`, `error` and `timeout`. Any other status is an
    /// agreement between the application and its clients.
    ///
    /// If the payload cannot be JSON, that is a failure like any other: see [above](Reply).
    pub fn new(status: impl Into<Cow<'static, str>>, payload: impl IntoPayload) -> Self {
        match payload.into_payload() {
            Ok(payload) => Reply {
                status: status.into(),
                payload,
                cause: None,
            },
            Err(error) => Reply::from(error),
        }
    }

    /// Status `ok` with a payload; [`Payload::EMPTY`] for none.
    pub fn ok(payload: impl IntoPayload) -> Self {
        Reply::new("ok", payload)
    }

    /// Status `error` with a payload.
    pub fn error(payload: impl IntoPayload) -> Self {
        Reply::new("error", payload)
    }

    /// Status `error` with the payload `{"reason": reason}`.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Reply::error(Payload::reason(&reason.into()))
    }

    /// Keeps the error behind the refusal. It is logged with its causes, and the client is not
    /// told.
    #[must_use]
    pub fn caused_by(self, error: impl Into<BoxError>) -> Self {
        Reply {
            cause: Some(Cause::told(error)),
            ..self
        }
    }

    pub(super) fn cause(&self) -> Option<&Arc<Cause>> {
        self.cause.as_ref()
    }

    /// Says which event's handler answers, if that is to be logged.
    pub(super) fn name(&mut self, event: &str) {
        if let Some(cause) = self.cause.as_mut().and_then(Arc::get_mut) {
            cause.event = Some(event.into());
        }
    }

    /// The status.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The payload.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }
}

/// As the client gets it.
impl PartialEq for Reply {
    fn eq(&self, other: &Self) -> bool {
        self.status == other.status && self.payload == other.payload
    }
}

impl Eq for Reply {}

/// A failure: `{"reason": "internal error"}`. See [above](Reply).
impl<E: Into<BoxError>> From<E> for Reply {
    fn from(error: E) -> Self {
        Reply {
            cause: Some(Cause::failure(error)),
            ..Reply::because("internal error")
        }
    }
}

/// How a channel goes on after a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// It goes on, and the client gets no reply.
    NoReply,
    /// It goes on, and the client gets a reply if one of its messages was handled.
    Reply(Reply),
    /// It ends. After [`Reason::Normal`] and [`Reason::Shutdown`] the client is told `phx_close`
    /// and stays away; after anything else it is told `phx_error` and joins again.
    Stop {
        /// What `terminate` is told.
        reason: Reason,
        /// Sent first.
        reply: Option<Reply>,
    },
}

impl Answer {
    /// A normal end: the client leaves for good.
    pub const fn stop() -> Answer {
        Answer::Stop {
            reason: Reason::Normal,
            reply: None,
        }
    }

    /// A normal end after a reply.
    pub const fn stop_with(reply: Reply) -> Answer {
        Answer::Stop {
            reason: Reason::Normal,
            reply: Some(reply),
        }
    }

    /// The end of a channel whose push was not sent. Its reply goes first.
    pub(super) fn or_fail(self, error: &PushError) -> Answer {
        let reply = match self {
            Answer::Stop { .. } => return self,
            Answer::Reply(reply) => Some(reply),
            Answer::NoReply => None,
        };
        Answer::Stop {
            reason: Reason::Failed(format!("a push was not sent: {error}").into()),
            reply,
        }
    }

    /// An end because of a failure: the client joins again. The text goes to `terminate`, not to
    /// the client.
    pub fn fail(reason: impl Into<Cow<'static, str>>) -> Answer {
        Answer::Stop {
            reason: Reason::Failed(reason.into()),
            reply: None,
        }
    }
}

/// What callbacks of `#[channel]` may return: nothing, a [`Reply`] or an optional one, an
/// [`Answer`], or a `Result` of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an answer",
    label = "not an answer",
    note = "a callback returns nothing, `Reply`, `Option<Reply>`, `Answer`, or a `Result` of these"
)]
pub trait IntoAnswer {
    /// The answer.
    fn into_answer(self) -> Answer;
}

impl IntoAnswer for () {
    fn into_answer(self) -> Answer {
        Answer::NoReply
    }
}

impl IntoAnswer for Answer {
    fn into_answer(self) -> Answer {
        self
    }
}

impl IntoAnswer for Reply {
    fn into_answer(self) -> Answer {
        Answer::Reply(self)
    }
}

impl IntoAnswer for Option<Reply> {
    fn into_answer(self) -> Answer {
        self.map_or(Answer::NoReply, Answer::Reply)
    }
}

impl<T: IntoAnswer, E: IntoReply> IntoAnswer for Result<T, E> {
    fn into_answer(self) -> Answer {
        self.map_or_else(|error| Answer::Reply(error.into_reply()), T::into_answer)
    }
}

/// An error that a handler may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that a channel can answer with",
    label = "not an error, or not `Send + Sync + 'static`",
    note = "a callback returns `Reply`, or an error type that implements `std::error::Error`, or `anyhow::Error`, or `Box<dyn Error + Send + Sync>`"
)]
pub trait IntoReply {
    fn into_reply(self) -> Reply;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Reply>> IntoReply for E {
    fn into_reply(self) -> Reply {
        self.into()
    }
}

impl Plain {
    #[doc(hidden)]
    pub fn answer(self, value: impl IntoAnswer) -> Answer {
        value.into_answer()
    }
}

impl Telling {
    #[doc(hidden)]
    pub fn answer<T: IntoAnswer, E: TellClient>(self, value: Result<T, E>) -> Answer {
        value.map_or_else(|error| Answer::Reply(tell(error)), T::into_answer)
    }
}

fn tell(error: impl TellClient) -> Reply {
    match error.payload() {
        Some(payload) => Reply::error(payload).caused_by(error),
        None => Reply::from(error),
    }
}
