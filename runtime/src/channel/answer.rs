//! What a channel's callback answers.

use std::{borrow::Cow, error::Error};

use super::SendError;
use crate::{escape::told, pubsub::Payload, socket::Reason};

/// The reply to a client's message: a status and a payload.
///
/// ```
/// use landfall::channel::Reply;
///
/// let reply = Reply::ok(serde_json::json!({"id": 7}));
/// assert_eq!(reply.status(), "ok");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    status: Cow<'static, str>,
    payload: Payload,
}

impl Reply {
    /// Status `ok` with a payload; [`Payload::EMPTY`] for none.
    pub fn ok(payload: impl Into<Payload>) -> Self {
        Reply::with_status("ok", payload)
    }

    /// Status `error` with a payload.
    pub fn error(payload: impl Into<Payload>) -> Self {
        Reply::with_status("error", payload)
    }

    /// Status `error` with the payload `{"reason": reason}`.
    pub fn because(reason: &str) -> Self {
        Reply::error(serde_json::json!({ "reason": reason }))
    }

    /// Any status. Clients act on `ok`, `error` and `timeout`; others have to be agreed on with them.
    pub fn with_status(status: impl Into<Cow<'static, str>>, payload: impl Into<Payload>) -> Self {
        Reply { status: status.into(), payload: payload.into() }
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

/// `?` on an error answers `{"reason": "internal error"}`. What went wrong is logged, and not told to the client.
impl<E: Error> From<E> for Reply {
    fn from(error: E) -> Self {
        tracing::warn!("a channel's callback failed: {}", told(&error));
        Reply::because("internal error")
    }
}

/// How a channel goes on after a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It goes on, and the client gets no reply.
    NoReply,
    /// It goes on, and the client gets a reply, if a message of its was handled.
    Reply(Reply),
    /// It ends. After [`Reason::Normal`] and [`Reason::Shutdown`] the client is told `phx_close` and stays away; after
    /// anything else it is told `phx_error` and joins again.
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
        Answer::Stop { reason: Reason::Normal, reply: None }
    }

    /// A normal end after a reply.
    pub const fn stop_with(reply: Reply) -> Answer {
        Answer::Stop { reason: Reason::Normal, reply: Some(reply) }
    }

    /// The end of a channel that could not say all that it had to say; its reply goes first.
    pub(super) fn or_fail(self, error: &SendError) -> Answer {
        let reply = match self {
            Answer::Stop { .. } => return self,
            Answer::Reply(reply) => Some(reply),
            Answer::NoReply => None,
        };
        Answer::Stop { reason: Reason::Failed(format!("a push was not sent: {error}").into()), reply }
    }

    /// An end because of a failure: the client joins again. The text goes to `terminate`, not to the client.
    pub fn fail(reason: impl Into<Cow<'static, str>>) -> Answer {
        Answer::Stop { reason: Reason::Failed(reason.into()), reply: None }
    }
}

/// What callbacks of `#[channel]` may return: nothing, a [`Reply`] or an optional one, an [`Answer`], or a `Result` of
/// these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer",
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

impl<T: IntoAnswer, E: Into<Reply>> IntoAnswer for Result<T, E> {
    fn into_answer(self) -> Answer {
        self.map_or_else(|error| Answer::Reply(error.into()), T::into_answer)
    }
}
