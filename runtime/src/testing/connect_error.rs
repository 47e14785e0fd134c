//! A connection that was refused.

use std::fmt;

use http::StatusCode;

use super::response::Response;

/// A refused connection.
#[derive(Clone, Debug)]
pub struct ConnectError {
    status: StatusCode,
    response: Box<Response>,
}

impl ConnectError {
    pub(super) fn new(status: StatusCode, response: Response) -> Self {
        ConnectError {
            status,
            response: Box::new(response),
        }
    }

    /// The status: of the response, or on longpoll of its body. It compares with a number.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The whole response.
    pub fn response(&self) -> &Response {
        &self.response
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the connection was refused with {}", self.status)?;
        match self.response.shown() {
            body if body.is_empty() => Ok(()),
            body => write!(f, ": {body}"),
        }
    }
}

impl std::error::Error for ConnectError {}
