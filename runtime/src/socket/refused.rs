//! Why `connect` said no.

use std::{borrow::Cow, error::Error, fmt};

use http::{Response, StatusCode};

use crate::{
    body::{Body, respond},
    crypto,
    error::BoxError,
    failure::Cause,
};

/// The answer of a socket's `connect` to a client that may not connect.
///
/// | made by | answered by | logged |
/// | --- | --- | --- |
/// | [`new`](Refused::new) | an empty 403 | at the mount's `log` level |
/// | [`because`](Refused::because) | the mount's `error_handler` if there is one, else an empty 403 | likewise, with the reason |
/// | `?` on a [`TokenError`](crate::token::TokenError), or an error that it has caused | as by `because`, with the token's error as the reason | likewise |
/// | `?` on any other error | 500 | as an error, with its causes |
///
/// The first three are decisions about a client (Phoenix's `:error` and `{:error, reason}`); the
/// fourth is a failure of the server, such as a database that is down, and its text is never told
/// to a client. `?` takes every type that converts into a [`BoxError`]: each [`Error`],
/// `anyhow::Error`, and `Box<dyn Error + Send + Sync>`. [`JoinError`](crate::channel::JoinError)
/// and [`Reply`](crate::channel::Reply) are made alike.
///
/// ```
/// use landfall::socket::Refused;
///
/// fn user(token: &str) -> Result<u32, Refused> {
///     if token.is_empty() {
///         return Err(Refused::because("no token"));
///     }
///     let users = std::fs::read_to_string("/nowhere/users")?;
///     users.parse().map_err(|error| Refused::because("no such user").caused_by(error))
/// }
/// assert_eq!(user("").unwrap_err().status(), 403);
/// assert_eq!(user("seven").unwrap_err().status(), 500);
/// ```
pub struct Refused {
    status: StatusCode,
    text: Option<String>,
    reason: Option<BoxError>,
    failure: bool,
}

impl Refused {
    /// Without a reason: an empty 403, whatever the mount's `error_handler`.
    pub fn new() -> Self {
        Refused {
            status: StatusCode::FORBIDDEN,
            text: None,
            reason: None,
            failure: false,
        }
    }

    /// With a reason for the mount's `error_handler`; 403 if the mount has none.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Refused {
            reason: Some(reason.into().into()),
            ..Refused::new()
        }
    }

    /// Keeps the error behind the refusal: as the [`reason`](Refused::reason), or as the source of
    /// an existing reason.
    #[must_use]
    pub fn caused_by(self, error: impl Into<BoxError>) -> Self {
        let error = error.into();
        let reason = match self.reason {
            None => error,
            Some(reason) => Box::new(Because {
                reason,
                source: error,
            }),
        };
        Refused {
            reason: Some(reason),
            ..self
        }
    }

    /// Answers with another status. If there is a reason, the `error_handler` may still answer
    /// otherwise.
    ///
    /// Longpoll answers a 403 as Phoenix does: with status 200 and the JSON body `{"status":403}`.
    /// It answers any other status as it is.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A malformed request: 400, with a text for the client.
    pub(crate) fn bad_request(text: String) -> Self {
        Refused {
            status: StatusCode::BAD_REQUEST,
            text: Some(text),
            ..Refused::new()
        }
    }

    /// The reason that `connect` gave, or the error that it failed with.
    pub fn reason(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.reason.as_deref()
    }

    /// The status that answers unless an `error_handler` says otherwise.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether `connect` failed: it returned an error that is not a refusal.
    pub fn is_failure(&self) -> bool {
        self.failure
    }

    /// The answer without an `error_handler`. The endpoint renders the page of a failure; a
    /// decision about a client stays bare.
    pub(crate) fn into_response(self) -> Response<Body> {
        let failed = self
            .failure
            .then(|| self.status.canonical_reason())
            .flatten();
        let text = self.text.or(failed.map(str::to_owned)).unwrap_or_default();
        let mut response = respond(self.status, text);
        if let (true, Some(error)) = (self.failure, self.reason) {
            Cause::failed(self.status, error)
                .logged()
                .mark(&mut response);
        }
        response
    }
}

/// A reason, and the error behind it.
#[derive(Debug)]
struct Because {
    reason: BoxError,
    source: BoxError,
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl Error for Because {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

impl Default for Refused {
    fn default() -> Self {
        Refused::new()
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("status", &self.status)
            .field("reason", &self.reason)
            .finish()
    }
}

/// A failure: 500. A bad token is a decision about the client: 403. See [above](Refused).
impl<E: Into<BoxError>> From<E> for Refused {
    fn from(error: E) -> Self {
        let error = error.into();
        if let Some(token) = crypto::bad_token(&*error) {
            return Refused {
                reason: Some(token),
                ..Refused::new()
            };
        }
        Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            text: None,
            reason: Some(error),
            failure: true,
        }
    }
}
