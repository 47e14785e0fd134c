//! Why `connect` said no.

use std::{error::Error, fmt};

use http::StatusCode;

use crate::error::BoxError;

/// The answer of a socket's `connect` to a client that may not connect.
///
/// | made by | answered by | logged |
/// | --- | --- | --- |
/// | [`new`](Refused::new) | an empty 403 | at the mount's `log` level |
/// | [`because`](Refused::because) | the mount's `error_handler` if there is one, else an empty 403 | likewise, with the reason |
/// | `?` on any other error | 500 | as an error, with its causes |
///
/// The first two are decisions about a client (Phoenix's `:error` and `{:error, reason}`); the third is a failure of the
/// server, such as a database that is down, and its text is never told to a client. `?` takes whatever turns into a
/// [`BoxError`]: each [`Error`], `anyhow::Error`, and `Box<dyn Error + Send + Sync>`.
///
/// ```
/// use landfall::socket::Refused;
///
/// fn user(token: &str) -> Result<u32, Refused> {
///     if token.is_empty() {
///         return Err(Refused::because("no token"));
///     }
///     let users = std::fs::read_to_string("/nowhere/users")?;
///     users.parse().map_err(Refused::because)
/// }
/// assert_eq!(user("").unwrap_err().status_code(), 403);
/// assert_eq!(user("seven").unwrap_err().status_code(), 500);
/// ```
pub struct Refused {
    status: StatusCode,
    text: Option<String>,
    reason: Option<BoxError>,
    failure: bool,
}

impl Refused {
    /// Without a reason: always an empty 403.
    pub fn new() -> Self {
        Refused {
            status: StatusCode::FORBIDDEN,
            text: None,
            reason: None,
            failure: false,
        }
    }

    /// With a reason for the mount's `error_handler`; 403 if the mount has none.
    pub fn because(reason: impl Into<BoxError>) -> Self {
        Refused {
            reason: Some(reason.into()),
            ..Refused::new()
        }
    }

    /// Answers with another status; with a reason, the `error_handler` still has the last word.
    ///
    /// Longpoll answers a 403 as Phoenix does, by a response with status 200 and the JSON body `{"status":403}`, and any
    /// other status by itself.
    pub fn status(mut self, status: StatusCode) -> Self {
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
    pub fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Whether `connect` failed, instead of deciding: it was left by `?` with an error that is no refusal.
    pub fn is_failure(&self) -> bool {
        self.failure
    }

    /// Keeps the error that decided this, unless there is a reason already.
    pub(super) fn for_reason(self, error: BoxError) -> Self {
        let reason = self.reason.or(Some(error));
        Refused { reason, ..self }
    }

    pub(crate) fn into_text(self) -> String {
        let failed = self
            .failure
            .then(|| self.status.canonical_reason())
            .flatten();
        self.text.or(failed.map(str::to_owned)).unwrap_or_default()
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

/// A failure: 500. See [above](Refused).
impl<E: Into<BoxError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            text: None,
            reason: Some(error.into()),
            failure: true,
        }
    }
}
