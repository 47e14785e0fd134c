//! The client of a connection, as all of its channels see it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{ServerMessage, Versioned};
use crate::{
    message::{EncodeError, PushError},
    pubsub::Payload,
    socket::ClientLink,
};

/// What a waiting message counts beside its own bytes: the memory of its parts.
const OVERHEAD: usize = 512;
/// The least limit, however small the messages of a mount have to be.
const LEAST: usize = 64 * 1024;

/// The client of a connection.
pub(super) struct Client {
    pub(super) link: Arc<dyn ClientLink>,
    /// The client's serializer.
    pub(super) speaks: &'static Versioned,
    /// The serializers of its socket.
    serializers: &'static [Versioned],
    /// The limit of `messages` and of `broadcasts`, in bytes.
    room: usize,
    /// Bytes of the client's messages that wait for callbacks or are being handled.
    messages: AtomicUsize,
    /// Bytes of broadcasts that wait for callbacks or are being handled.
    broadcasts: AtomicUsize,
}

impl Client {
    /// `most` is the limit of its socket. The limit is lower where messages are small, so that a
    /// connection never costs more than two of its largest messages.
    pub(super) fn new(
        link: Arc<dyn ClientLink>,
        speaks: &'static Versioned,
        serializers: &'static [Versioned],
        most: usize,
    ) -> Arc<Self> {
        let room = most.min(LEAST.max(link.max_message() / 2));
        let (messages, broadcasts) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Client {
            link,
            speaks,
            serializers,
            room,
            messages,
            broadcasts,
        })
    }

    pub(super) fn send(&self, message: &ServerMessage<'_>) -> Result<(), PushError> {
        let message = self
            .speaks
            .serializer
            .encode(message)
            .map_err(PushError::Unencodable)?;
        self.link.push(message).map_err(PushError::Unsupported)
    }

    /// Fails if no client of the socket can get a broadcast. Every client can get a JSON object.
    pub(super) fn check_broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: &Payload,
    ) -> Result<(), EncodeError> {
        if matches!(payload, Payload::Json(json) if json.trim_ascii_start().starts_with('{')) {
            return Ok(());
        }
        let broadcast = ServerMessage::Broadcast {
            topic,
            event,
            payload,
        };
        let mut refused = None;
        for speaks in self.serializers {
            match speaks.serializer.check(&broadcast) {
                Ok(()) => return Ok(()),
                Err(error) => refused = Some(error),
            }
        }
        Err(match refused {
            Some(error) => EncodeError::new(format!("no client can get the payload: {error}")),
            None => EncodeError::new("no client can get the payload"),
        })
    }

    /// Whether the connection may read more of its messages.
    pub(super) fn has_room(&self) -> bool {
        self.messages.load(Ordering::Acquire) <= self.room
    }

    /// Counts a message of `bytes` bytes, until the returned guard is dropped.
    pub(super) fn hold(self: &Arc<Self>, bytes: usize) -> Held {
        self.messages.fetch_add(bytes + OVERHEAD, Ordering::AcqRel);
        Held {
            client: self.clone(),
            bytes,
        }
    }

    /// Counts a broadcast if there is room for it, until
    /// [`release_broadcast`](Client::release_broadcast).
    pub(super) fn hold_broadcast(&self, bytes: usize) -> bool {
        let held = self.broadcasts.fetch_add(bytes, Ordering::AcqRel);
        if held > self.room {
            self.release_broadcast(bytes);
        }
        held <= self.room
    }

    pub(super) fn release_broadcast(&self, bytes: usize) {
        self.broadcasts.fetch_sub(bytes, Ordering::AcqRel);
    }
}

/// A message that waits for a callback or is being handled.
pub(super) struct Held {
    client: Arc<Client>,
    bytes: usize,
}

impl Held {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (client, bytes) = (&*self.client, self.bytes + OVERHEAD);
        let held = client.messages.fetch_sub(bytes, Ordering::AcqRel);
        if held > client.room && held - bytes <= client.room {
            // The connection's task may read messages again.
            client.link.wake();
        }
    }
}
