//! Why `connect` said no.

use std::{error::Error, fmt};

use http::StatusCode;

use crate::error::BoxError;

/// The answer of a socket's `connect` to a client that may not connect.
///
/// Without a reason it is answered by an empty 403. With a reason, the mount's `error_handler` answers if there is one
/// (Phoenix's `:error` and `{:error, reason}`). Any error turns into one by `?`, so that
/// `let user = users.find(token).await?;` refuses.
///
/// ```
/// use landfall::Refused;
///
/// fn check(token: &str) -> Result<u32, Refused> {
///     if token.is_empty() {
///         return Err(Refused::new());
///     }
///     Ok(token.parse::<u32>()?)
/// }
/// assert!(check("seven").unwrap_err().reason().is_some());
/// ```
pub struct Refused {
    status: StatusCode,
    text: Option<String>,
    reason: Option<BoxError>,
}

impl Refused {
    /// Without a reason: always an empty 403.
    pub fn new() -> Self {
        Refused { status: StatusCode::FORBIDDEN, text: None, reason: None }
    }

    /// With a reason for the mount's `error_handler`; 403 if the mount has none.
    pub fn because(reason: impl Into<BoxError>) -> Self {
        Refused { reason: Some(reason.into()), ..Refused::new() }
    }

    /// Answers with another status; with a reason, the `error_handler` still has the last word.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A malformed request: 400, with a text for the client.
    pub(crate) fn bad_request(text: String) -> Self {
        Refused { status: StatusCode::BAD_REQUEST, text: Some(text), reason: None }
    }

    /// The reason that `connect` gave.
    pub fn reason(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.reason.as_deref()
    }

    /// The status that answers unless an `error_handler` says otherwise.
    pub fn status_code(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn into_text(self) -> String {
        self.text.unwrap_or_default()
    }
}

impl Default for Refused {
    fn default() -> Self {
        Refused::new()
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("status", &self.status).field("reason", &self.reason).finish()
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Refused {
    fn from(error: E) -> Self {
        Refused::because(error)
    }
}
