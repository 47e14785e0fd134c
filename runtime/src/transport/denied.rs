//! Why an attempt was denied, and what its client is told.

use std::{error::Error, fmt};

use http::{Response, StatusCode};

use crate::{
    body::{Body, respond},
    failure::Cause,
    socket::Refused,
};

/// Why an attempt was denied: the error of a [`Transport`](super::Transport).
///
/// It converts into a response with the status given here, and a response converts into it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Denied {
    /// The endpoint is stopping and accepts no new clients: 503.
    Stopping,
    /// The path or the query is not UTF-8: 400.
    NotUtf8,
    /// The query is longer than a megabyte: 414.
    TooLong,
    /// A web page of a foreign origin: 403. Already logged.
    Origin,
    /// None of the client's subprotocols is supported: 403. Already logged.
    Subprotocol,
    /// `connect` refused or failed: the status of [`Refused`]. Already logged.
    Refused(Refused),
    /// The request's body cannot be read: 400.
    BadBody,
    /// The request's body did not arrive in time: 408.
    LateBody,
    /// The request's body is larger than allowed: 413. Already logged.
    LargeBody,
    /// A function of the application panicked, or returned what cannot be used: 500. Already logged.
    Crashed,
    /// The transport refuses with a response of its own.
    Response(Box<Response<Body>>),
}

impl Denied {
    /// The reason as a label of figures. `None` for what is counted where `connect` is called, and for
    /// a response of the transport's own.
    pub(super) fn label(&self) -> Option<&'static str> {
        match self {
            Denied::Stopping => Some("stopping"),
            Denied::NotUtf8 => Some("not_utf8"),
            Denied::TooLong => Some("too_long"),
            Denied::Origin => Some("origin"),
            Denied::Subprotocol => Some("subprotocol"),
            Denied::BadBody => Some("bad_body"),
            Denied::LateBody => Some("late_body"),
            Denied::LargeBody => Some("large_body"),
            Denied::Crashed => Some("crashed"),
            Denied::Refused(_) | Denied::Response(_) => None,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Denied::Stopping => "the endpoint is stopping",
            Denied::NotUtf8 => "the path or the query is not UTF-8",
            Denied::TooLong => "the query is too long",
            Denied::Origin => "the web page's origin is not allowed",
            Denied::Subprotocol => "there is no subprotocol in common",
            Denied::Refused(_) => "`connect` refused",
            Denied::BadBody => "the body cannot be read",
            Denied::LateBody => "the body did not arrive in time",
            Denied::LargeBody => LARGE_BODY,
            Denied::Crashed => "the application panicked",
            Denied::Response(response) => return write!(f, "answered by {}", response.status()),
        })
    }
}

impl Error for Denied {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Denied::Refused(refused) => refused.reason().map(|reason| reason as _),
            _ => None,
        }
    }
}

impl From<Response<Body>> for Denied {
    fn from(response: Response<Body>) -> Self {
        Denied::Response(Box::new(response))
    }
}

/// What the client and the log are told of [`Denied::LargeBody`].
pub(super) const LARGE_BODY: &str = "the body is too large";

impl From<Denied> for Response<Body> {
    /// What the client sees. Decisions about a client stay bare; of all else the endpoint renders a
    /// page.
    fn from(denied: Denied) -> Self {
        let status = match denied {
            Denied::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Denied::NotUtf8 | Denied::BadBody => StatusCode::BAD_REQUEST,
            Denied::LateBody => StatusCode::REQUEST_TIMEOUT,
            Denied::LargeBody => StatusCode::PAYLOAD_TOO_LARGE,
            Denied::TooLong => StatusCode::URI_TOO_LONG,
            Denied::Crashed => StatusCode::INTERNAL_SERVER_ERROR,
            Denied::Origin | Denied::Subprotocol => {
                return respond(StatusCode::FORBIDDEN, Body::empty());
            }
            Denied::Refused(refused) => return refused.into_response(),
            Denied::Response(response) => return *response,
        };
        let (text, cause) = match denied {
            Denied::LargeBody => (LARGE_BODY, Cause::refused(status)),
            Denied::Crashed => (reason(status), Cause::crashed()),
            _ => (reason(status), Cause::refused(status)),
        };
        let mut response = respond(status, text);
        cause.mark(&mut response);
        response
    }
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}
