//! What has been read, until the node takes it.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;

use crate::pubsub::adapter::{Arrivals, NodeOptions};

/// The maximum number of things that are told besides messages, before commands wait.
const TOLD: usize = 64;

/// What has been read, in order: messages, and what happened between them. Messages that find no
/// room are lost, so that the client never has to hold them, and their loss is told.
pub(super) struct Backlog {
    waiting: VecDeque<Told>,
    messages: usize,
    bytes: usize,
    most: (usize, usize),
    arrivals: Arrivals,
}

#[derive(Clone)]
pub(super) enum Told {
    Message(Bytes),
    Subscribed(Vec<Arc<str>>),
    Forbidden(Vec<Arc<str>>),
    Connected,
    Disconnected,
    /// Messages of any topic are lost.
    Lost,
    /// What this node has published on these topics, or on any, may be lost.
    Unsent(Option<Vec<Arc<str>>>),
    Refused(String),
}

impl Backlog {
    /// Bounded as the queue of what waits for the broker.
    pub(super) fn new(node: &NodeOptions, arrivals: Arrivals) -> Self {
        Backlog {
            waiting: VecDeque::new(),
            messages: 0,
            bytes: 0,
            most: (node.queue, node.queue_bytes),
            arrivals,
        }
    }

    pub(super) fn push(&mut self, told: Told) {
        if let Told::Message(message) = &told {
            let (messages, bytes) = (self.messages + 1, self.bytes + message.len());
            let (most_messages, most_bytes) = self.most;
            // A message that is larger than all room waits alone.
            if messages > most_messages || (bytes > most_bytes && self.messages > 0) {
                return self.lose();
            }
            (self.messages, self.bytes) = (messages, bytes);
        }
        self.waiting.push_back(told);
    }

    /// Notes that messages are lost.
    pub(super) fn lose(&mut self) {
        if !matches!(self.waiting.back(), Some(Told::Lost)) {
            self.waiting.push_back(Told::Lost);
        }
    }

    /// Whether little waits besides messages.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() - self.messages < TOLD
    }

    /// Hands the first to the node. Never completes if there is none. If it is dropped before, the
    /// node has got nothing.
    pub(super) async fn hand(&mut self) {
        let Some(first) = self.waiting.front().cloned() else {
            return std::future::pending().await;
        };
        let arrivals = &self.arrivals;
        let bytes = match first {
            Told::Message(message) => {
                let bytes = message.len();
                arrivals.message(message).await;
                self.messages -= 1;
                bytes
            }
            Told::Subscribed(topics) => {
                arrivals.subscribed(&topics).await;
                0
            }
            Told::Forbidden(topics) => {
                arrivals.forbidden(&topics).await;
                0
            }
            Told::Connected => {
                arrivals.connected().await;
                0
            }
            Told::Disconnected => {
                arrivals.disconnected("the connection was lost").await;
                0
            }
            Told::Lost => {
                arrivals.lost(None).await;
                0
            }
            Told::Unsent(topics) => {
                arrivals.unsent(topics.as_deref()).await;
                0
            }
            Told::Refused(why) => {
                arrivals.refused(why).await;
                0
            }
        };
        self.bytes -= bytes;
        self.waiting.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pubsub::adapter::Arrival;

    #[tokio::test(start_paused = true)]
    async fn what_finds_no_room_is_lost_and_told_in_its_place() {
        let (arrivals, mut arriving) = Arrivals::new(1 << 20);
        let mut options = NodeOptions::new("chat");
        (options.queue, options.queue_bytes) = (3, 10);
        let mut backlog = Backlog::new(&options, arrivals);
        let message = |text: &'static str| Told::Message(text.into());
        for text in ["12345", "1234567", "1234", "1", "2"] {
            backlog.push(message(text));
        }
        backlog.push(Told::Connected);
        for _ in 0..6 {
            backlog.hand().await;
        }
        backlog.push(message("larger than all room"));
        backlog.hand().await;
        assert_eq!((backlog.messages, backlog.bytes), (0, 0));
        let mut told = Vec::new();
        while let Ok(arrival) = arriving.try_recv() {
            told.push(match arrival {
                Arrival::Message(message, _) => String::from_utf8_lossy(&message).into_owned(),
                other => format!("{other:?}"),
            });
        }
        let expected = [
            "12345",
            "Lost(None)",
            "1234",
            "1",
            "Lost(None)",
            "Connected",
        ];
        assert_eq!(told[..6], expected);
        assert_eq!(told[6..], ["larger than all room"]);
    }
}
