//! What our own fuzzing reaches of parsers that are private. See `tests/fuzz` in the repository.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

#[cfg(feature = "channels")]
pub use crate::presence::fuzzing::{Listener, rewrite};
pub use crate::pubsub::fuzzing::rewrite_letter;
pub use crate::transport::websocket_fuzzing::{
    Event, Frames, Handshake, deflate, handshake, inflate,
};
use crate::{
    message::Message,
    origin::{CheckOrigin, OriginCheck, OriginRequest},
    pubsub::{Broadcast, Payload, phoenix::Wire},
    socket::{Param, Params},
    transport::{self, Path, Pattern},
};

/// The messages of a longpoll request.
pub fn messages(headers: &HeaderMap, body: Bytes, most: usize) -> Option<Vec<Message>> {
    transport::messages(headers, body, most)
}

/// The parameters of a query.
pub fn query(query: &[u8]) -> Option<Params> {
    Params::from_query(query).ok()
}

/// Whether a list admits an `origin` header; `None` if it is no list.
pub fn origin(list: &[&str], header: &HeaderValue) -> Option<bool> {
    let check = OriginCheck::compile::<_, &str>(&CheckOrigin::List(list), None).ok()?;
    let request = OriginRequest {
        scheme: "http",
        host: "localhost",
        port: 80,
    };
    Some(check.allows(std::iter::once(header), &request, |_, _| false))
}

/// Whether a page of this origin may connect to this authority under `conn`.
pub fn same_origin(scheme: &str, host: &str, port: u16, header: &HeaderValue) -> bool {
    let request = OriginRequest { scheme, host, port };
    OriginCheck::Conn.allows(std::iter::once(header), &request, |_, _| false)
}

/// The variables of a path that a mount serves: `None` if it does not, `Some(None)` if they are not
/// UTF-8.
pub fn path(mount: &str, transport: &str, path: &str) -> Option<Option<Vec<(String, Param)>>> {
    let found = Pattern::new(mount, transport).variables(Path::new(path))?;
    Some(found.ok().map(|found| {
        found
            .iter()
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect()
    }))
}

/// A Phoenix node's message for a node of this name: its topic, and the broadcast if it is one. A
/// message has at most so many bytes.
pub fn phoenix_read(
    node: &str,
    message: &[u8],
    most: usize,
) -> Option<(String, Option<Broadcast>)> {
    let wire = Wire::new(node, None, most);
    let envelope = wire.open(message).ok()?;
    Some((envelope.topic().to_owned(), envelope.read().ok()))
}

/// A broadcast of this node for Phoenix nodes.
pub fn phoenix_write(
    node: &str,
    (topic, event, payload): (&str, &str, Payload),
    compression: Option<u32>,
    most: usize,
) -> Option<Vec<u8>> {
    let wire = Wire::new(node, compression, most);
    wire.for_all(&Broadcast::new(topic, event, payload)).ok()
}
