//! What nodes tell each other about sessions.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::message::Message;

/// To the session: a [`Request`].
pub(super) const REQUEST: &str = "request";
/// To the session: nobody waits any more for an answer on this topic.
pub(super) const LEAVE: &str = "leave";
/// From the session: it is there, and at work.
pub(super) const HERE: &str = "here";
/// From the session: an [`Answer`].
pub(super) const ANSWER: &str = "answer";

/// The longest window that another node can ask for.
pub(super) const LONGEST: Duration = Duration::from_secs(300);

/// What a client wants of a session.
#[derive(Serialize, Deserialize)]
pub(super) struct Request {
    /// The topic on which the answer is awaited.
    pub(super) reply: String,
    pub(super) upto: u64,
    pub(super) answer: u64,
    pub(super) window_ms: u64,
    /// Messages for the socket; without them, it is a poll.
    pub(super) messages: Option<Vec<Wired>>,
}

/// A message of a client; bytes are in base64.
#[derive(Serialize, Deserialize)]
pub(super) enum Wired {
    Text(String),
    Binary(String),
}

/// What a session answers.
#[derive(Serialize, Deserialize)]
pub(super) enum Answer {
    Polled { elements: String, upto: u64, answer: u64 },
    Gone,
    Posted { handled: bool },
}

/// Where a session listens.
pub(super) fn topic(session: &str) -> String {
    format!("phx:lp:{session}")
}

impl From<Message> for Wired {
    fn from(message: Message) -> Self {
        match message {
            Message::Text(text) => Wired::Text(text.as_str().to_owned()),
            Message::Binary(bytes) => Wired::Binary(data_encoding::BASE64.encode(&bytes)),
        }
    }
}

impl Wired {
    pub(super) fn into_message(self) -> Option<Message> {
        match self {
            Wired::Text(text) => Some(text.into()),
            Wired::Binary(text) => data_encoding::BASE64
                .decode(text.as_bytes())
                .ok()
                .map(|bytes| Message::Binary(Bytes::from(bytes))),
        }
    }
}
