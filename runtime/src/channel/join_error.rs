//! Why a client may not join.

use std::{borrow::Cow, sync::Arc};

use super::answer::Cause;
use crate::{
    crypto,
    error::BoxError,
    pubsub::{IntoPayload, Payload},
};

/// Why a client may not join: the payload of the reply with status `error`.
///
/// [`Refused`](crate::socket::Refused) and [`Reply`](super::Reply) are made alike. `?` on an error
/// tells the client `{"reason": "join refused"}`, and the error is logged with its causes. It takes
/// whatever turns into a [`BoxError`]: each [`Error`](std::error::Error), `anyhow::Error`, and
/// `Box<dyn Error + Send + Sync>`. An error type that says what clients are told implements
/// [`TellClient`](crate::socket::TellClient).
///
/// A [`TokenError`](crate::token::TokenError), or an error that it has caused, is a decision about
/// the client, as in `connect`: `?` on it tells the client `{"reason": "unauthorized"}`, and it is
/// logged as a refusal, with the token's error as the reason.
#[derive(Clone, Debug)]
pub struct JoinError {
    payload: Payload,
    cause: Option<Arc<Cause>>,
}

impl JoinError {
    /// Without a reason: the payload `{}`.
    pub fn new() -> Self {
        JoinError::of(Payload::EMPTY)
    }

    /// With the payload `{"reason": reason}`, such as `"unauthorized"`.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        JoinError::of(Payload::reason(&reason.into()))
    }

    /// With any payload. A payload that cannot be JSON is a failure: see [above](JoinError).
    pub fn with(payload: impl IntoPayload) -> Self {
        payload
            .into_payload()
            .map_or_else(JoinError::from, JoinError::of)
    }

    /// Keeps the error behind the refusal. It is logged with its causes, and the client is not
    /// told.
    #[must_use]
    pub fn caused_by(self, error: impl Into<BoxError>) -> Self {
        JoinError {
            cause: Some(Cause::told(error)),
            ..self
        }
    }

    fn of(payload: Payload) -> Self {
        JoinError {
            payload,
            cause: None,
        }
    }

    pub(super) fn cause(&self) -> Option<&Arc<Cause>> {
        self.cause.as_ref()
    }

    /// What the client is told.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }
}

impl Default for JoinError {
    fn default() -> Self {
        JoinError::new()
    }
}

/// Compares what the client is told.
impl PartialEq for JoinError {
    fn eq(&self, other: &Self) -> bool {
        self.payload == other.payload
    }
}

impl Eq for JoinError {}

/// A failure: `{"reason": "join refused"}`. A bad token is a decision about the client:
/// `{"reason": "unauthorized"}`. See [above](JoinError).
impl<E: Into<BoxError>> From<E> for JoinError {
    fn from(error: E) -> Self {
        let error = error.into();
        if let Some(token) = crypto::bad_token(&*error) {
            return JoinError::because("unauthorized").caused_by(token);
        }
        JoinError {
            cause: Some(Cause::failure(error)),
            ..JoinError::because("join refused")
        }
    }
}
