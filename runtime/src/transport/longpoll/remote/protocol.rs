//! What nodes tell each other about sessions.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::wire::Messages;

/// To the session: a [`Request`].
pub(super) const REQUEST: &str = "request";
/// To the session: nobody waits for an answer on this topic any more.
pub(super) const LEAVE: &str = "leave";
/// From the session: it exists, and works on the request.
pub(super) const HERE: &str = "here";
/// From the session: a [`RemoteReply`].
pub(super) const ANSWER: &str = "answer";

/// The longest window that another node can ask for.
pub(super) const LONGEST: Duration = Duration::from_secs(300);

/// What a client wants of a session.
#[derive(Serialize, Deserialize)]
pub(super) struct Request {
    /// The topic on which the node waits for the answer.
    pub(super) reply: String,
    pub(super) upto: u64,
    pub(super) answer: u64,
    pub(super) window_ms: u64,
    /// Messages for the socket. Without them, the request is a poll.
    pub(super) messages: Option<Wired>,
}

/// Messages of a client, as they came in its request's body.
#[derive(Serialize, Deserialize)]
pub(super) struct Wired {
    body: String,
    /// True if the body has one message a line.
    lines: bool,
}

/// What a session answers.
#[derive(Serialize, Deserialize)]
pub(super) enum RemoteReply {
    Polled {
        elements: String,
        upto: u64,
        answer: u64,
    },
    Gone,
    Posted {
        handled: bool,
    },
}

/// The topic of a session.
pub(super) fn topic(session: &str) -> String {
    format!("phx:lp:{session}")
}

impl Wired {
    /// `None` if they are not the messages of a body, which is text.
    pub(super) fn new(messages: Messages) -> Option<Self> {
        let (body, lines) = messages.into_body();
        Some(Wired {
            body: String::from_utf8(body.into()).ok()?,
            lines,
        })
    }

    pub(super) fn into_messages(self) -> Option<Messages> {
        Messages::new(self.body.into(), self.lines, usize::MAX).ok()
    }
}
