//! How a connection ends.

use std::borrow::Cow;

use super::stop::{self, StopRequest};
use crate::socket::{Flow, Reason};

/// How a connection ends.
#[derive(Debug)]
pub(in crate::transport) struct End {
    /// The close code and text for the client; `None` if there is no client left to tell.
    pub(in crate::transport) close: Option<(u16, Cow<'static, str>)>,
    /// The argument of `terminate`.
    pub(in crate::transport) reason: Reason,
}

impl End {
    pub(in crate::transport) fn with_code(code: u16, reason: Reason) -> Self {
        End {
            close: Some((code, Cow::Borrowed(""))),
            reason,
        }
    }

    /// How the connection ends by the flow of a callback, if it does. Boxed, so that a socket that
    /// goes on is told in a register.
    #[inline]
    pub(in crate::transport) fn of(flow: Flow) -> Option<Box<Self>> {
        match flow {
            Flow::Continue => None,
            Flow::Stop { code, text, reason } => Some(Box::new(End {
                close: Some((code, text)),
                reason,
            })),
        }
    }

    /// The client disconnected without closing.
    pub(in crate::transport) fn gone() -> Self {
        End {
            close: None,
            reason: stop::gone(),
        }
    }

    /// What a request to stop comes to.
    pub(in crate::transport) fn requested(request: StopRequest) -> Option<Self> {
        match request {
            StopRequest::Nothing => None,
            StopRequest::Gone | StopRequest::Over => Some(End::gone()),
            other => other
                .end()
                .map(|(code, reason)| End::with_code(code, reason)),
        }
    }
}

impl From<End> for Flow {
    fn from(End { close, reason }: End) -> Self {
        // Code 1006 is never sent: it stands for the absence of a code.
        let (code, text) = close.unwrap_or((1006, Cow::Borrowed("")));
        Flow::Stop { code, text, reason }
    }
}
