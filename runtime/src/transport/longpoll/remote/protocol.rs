//! What nodes tell each other about sessions.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::{Deserialize, Serialize};

use super::super::wire::Messages;
use crate::{
    handle::Handle,
    pubsub::{BroadcastError, Payload},
};

/// To the session: a [`Request`].
pub(super) const REQUEST: &str = "request";
/// To the session: nobody waits for an answer on this topic any more.
pub(super) const LEAVE: &str = "leave";
/// From the session: it exists, and works on the request.
pub(super) const HERE: &str = "here";
/// From the session: the next messages of an answer that is too large for one broadcast.
pub(super) const PART: &str = "part";
/// From the session: a [`RemoteReply`].
pub(super) const ANSWER: &str = "answer";

/// The longest window that another node can ask for.
pub(super) const LONGEST: Duration = Duration::from_secs(300);

/// A place on a node where something is waited for.
#[derive(Serialize, Deserialize)]
pub(super) struct Address {
    /// `None` if the nodes are endpoints that share their topics in one process.
    node: Option<String>,
    topic: String,
}

impl Address {
    /// A place on this node.
    pub(super) fn here(handle: &Handle, topic: String) -> Self {
        let node = handle.node().map(str::to_owned);
        Address { node, topic }
    }

    /// The place of a session. The node is empty if it is alone.
    pub(super) fn of_session(node: &str, session: &str) -> Self {
        Address {
            node: (!node.is_empty()).then(|| node.to_owned()),
            topic: topic(session),
        }
    }

    pub(super) fn topic(&self) -> &str {
        &self.topic
    }

    /// Whether the node is known to be down.
    pub(super) fn is_down(&self, handle: &Handle) -> bool {
        let node = self.node.as_deref();
        node.is_some_and(|node| handle.pubsub().is_down(node))
    }

    pub(super) fn tell(
        &self,
        handle: &Handle,
        event: &str,
        payload: Payload,
    ) -> Result<(), BroadcastError> {
        match &self.node {
            None => handle.local_broadcast(&self.topic, event, payload),
            Some(node) => handle.direct_broadcast(node, &self.topic, event, payload),
        }
    }
}

/// What a client wants of a session.
#[derive(Serialize, Deserialize)]
pub(super) struct Request {
    /// Where the answer is waited for.
    pub(super) reply: Address,
    pub(super) upto: u64,
    pub(super) answer: u64,
    pub(super) window_ms: u64,
    pub(super) wants: Wants,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum Wants {
    Poll,
    /// Hands over messages, which follow the request: one a line, if `lines`.
    Post {
        lines: bool,
    },
}

impl Request {
    /// The request and the body of its messages: the length of the first in four bytes, then both.
    pub(super) fn write(&self, body: &[u8]) -> Option<Payload> {
        let head = serde_json::to_vec(self).ok()?;
        let mut bytes = BytesMut::with_capacity(4 + head.len() + body.len());
        bytes.put_u32(u32::try_from(head.len()).ok()?);
        bytes.put_slice(&head);
        bytes.put_slice(body);
        Some(Payload::Binary(bytes.freeze()))
    }

    /// The request, and its messages if it has some.
    pub(super) fn read(payload: &Payload) -> Option<(Self, Option<Messages>)> {
        let Payload::Binary(bytes) = payload else {
            return None;
        };
        let mut bytes = bytes.clone();
        let length = bytes.try_get_u32().ok()? as usize;
        if length > bytes.len() {
            return None;
        }
        let request: Request = serde_json::from_slice(&bytes.split_to(length)).ok()?;
        let messages = match request.wants {
            Wants::Poll => None,
            Wants::Post { lines } => Some(Messages::new(bytes, lines, usize::MAX).ok()?),
        };
        Some((request, messages))
    }
}

/// What a session answers.
#[derive(Serialize, Deserialize)]
pub(super) enum RemoteReply {
    /// The messages came before, in parts.
    Polled {
        upto: u64,
        answer: u64,
    },
    Gone,
    Posted {
        handled: bool,
    },
}

/// Messages in parts that a broadcast can carry.
pub(super) fn parts(elements: Vec<Bytes>, most: usize) -> impl Iterator<Item = Bytes> {
    let mut elements: Bytes = elements.concat().into();
    std::iter::from_fn(move || {
        let length = elements.len().min(most.max(1));
        (length > 0).then(|| elements.split_to(length))
    })
}

/// The topic of a session.
pub(super) fn topic(session: &str) -> String {
    format!("phx:lp:{session}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(wants: Wants) -> Request {
        Request {
            reply: Address {
                node: Some("quay".to_owned()),
                topic: "phx:lp:reply:1".to_owned(),
            },
            upto: 7,
            answer: 3,
            window_ms: 1000,
            wants,
        }
    }

    #[test]
    fn messages_arrive_behind_their_request() {
        let body = "[\"say \u{2603}\"]\n[2]\n";
        let written = request(Wants::Post { lines: true }).write(body.as_bytes());
        let (read, messages) = Request::read(&written.expect("bytes")).expect("a request");
        assert_eq!(
            (read.upto, read.answer, read.reply.topic()),
            (7, 3, "phx:lp:reply:1")
        );
        assert_eq!(messages.expect("messages").len(), 2);
        let poll = request(Wants::Poll).write(b"").expect("bytes");
        assert!(Request::read(&poll).expect("a request").1.is_none());
    }

    #[test]
    fn parts_are_bounded_and_together_the_whole() {
        let elements = vec![Bytes::from_static(b"[1],"), Bytes::from_static(b"[2]")];
        let all: Vec<_> = parts(elements, 3).collect();
        assert!(all.iter().all(|part| part.len() <= 3));
        assert_eq!(all.concat(), b"[1],[2]");
        assert_eq!(parts(Vec::new(), 3).count(), 0);
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_a_request_or_none(bytes: Vec<u8>, cut: prop::sample::Index) {
            let _ = Request::read(&Payload::Binary(bytes.into()));
            let whole = request(Wants::Post { lines: false }).write(b"[1]").expect("bytes");
            let Payload::Binary(whole) = whole else { unreachable!() };
            let cut = cut.index(whole.len());
            if let Some((_, Some(messages))) = Request::read(&Payload::Binary(whole.slice(..cut))) {
                prop_assert!(messages.bytes() < 3);
            }
        }
    }
}
