//! How a callback says "go on" or "stop", and why a connection ended.

use std::borrow::Cow;

/// What a callback wants next.
///
/// ```
/// use landfall::socket::Flow;
///
/// # fn decide(done: bool) -> Flow {
/// if done { Flow::stop() } else { Flow::Continue }
/// # }
/// # decide(true);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a callback returns this: dropping it goes on"]
#[non_exhaustive]
pub enum Flow {
    /// Wait for the next message.
    Continue,
    /// End the connection, after everything that has been pushed is written.
    Stop {
        /// The WebSocket close code (RFC 6455 §7.4). Longpoll has none.
        code: u16,
        /// The close frame's text, at most 123 bytes. A longer one is cut between characters.
        text: Cow<'static, str>,
        /// What `terminate` is told.
        reason: Reason,
    },
}

impl Flow {
    /// A normal end: close code 1000. The JavaScript client does not reconnect after it.
    pub const fn stop() -> Flow {
        Flow::Stop {
            code: 1000,
            text: Cow::Borrowed(""),
            reason: Reason::Normal,
        }
    }

    /// An end after which clients should reconnect: close code 1012 ("service restart").
    pub const fn restart() -> Flow {
        Flow::Stop {
            code: 1012,
            text: Cow::Borrowed(""),
            reason: Reason::Shutdown,
        }
    }

    /// A failure: close code 1011 ("internal error"). `terminate` is told the text, the client is
    /// not.
    pub fn fail(reason: impl Into<Cow<'static, str>>) -> Flow {
        Flow::Stop {
            code: 1011,
            text: Cow::Borrowed(""),
            reason: Reason::Failed(reason.into()),
        }
    }

    /// An end with your own close code and text, such as 4001 and "signed out". `terminate` is told
    /// [`Reason::ServerClosed`], or [`Reason::Normal`] for 1000.
    ///
    /// Codes that may not be sent (RFC 6455 §7.4: below 1000, 1004 to 1006, 1015 to 2999, above 4999)
    /// are sent as 1011.
    pub fn close(code: u16, text: impl Into<Cow<'static, str>>) -> Flow {
        let text = text.into();
        let reason = if code == 1000 {
            Reason::Normal
        } else {
            Reason::ServerClosed {
                code,
                text: text.clone(),
            }
        };
        Flow::Stop { code, text, reason }
    }
}

/// Why a connection ended: what [`terminate`](crate::Socket::terminate) is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A callback returned [`Flow::stop`], or [`Flow::close`] with code 1000.
    Normal,
    /// A callback returned [`Flow::close`].
    ServerClosed {
        /// The close code.
        code: u16,
        /// The close text.
        text: Cow<'static, str>,
    },
    /// The client closed: by a close frame with this code (1005 if it had none), or by ending the TCP
    /// connection without one (1006).
    Closed {
        /// The client's close code.
        code: u16,
        /// The client's close text.
        text: String,
    },
    /// Nothing was received for the mount's `timeout`.
    Timeout,
    /// A longpoll client has not polled for one and a half windows.
    Inactive,
    /// A callback returned [`Flow::fail`] or an error, or took longer than the mount's
    /// `callback_timeout`.
    Failed(Cow<'static, str>),
    /// A callback panicked.
    Crash,
    /// The client violated the protocol or a limit. The text says how.
    Protocol(Cow<'static, str>),
    /// The client did not read, and the outbox reached its limit. Or too many broadcasts waited for
    /// a channel's `handle_out`.
    Overflow,
    /// The endpoint is shutting down.
    Shutdown,
    /// The application ended all connections of this client, by `disconnect` on the topic of its id,
    /// or this one by [`Handle::disconnect`](crate::Handle::disconnect).
    Disconnected,
    /// The client left the channel.
    Left,
    /// The client joined the channel's topic again: this join ended.
    Rejoined,
    /// Broadcasts of other nodes to the channel's topic may be lost: its client joins again.
    Gap,
}
