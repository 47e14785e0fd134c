//! A message for other nodes.

use flate2::{Compress, Compression, FlushCompress, Status};

use super::{
    parse::parse,
    wire::{BROADCAST, LONGEST_NAME, PRESENCE_DIFF, TRACKERS, Wire},
};
use crate::{
    message::EncodeError,
    pubsub::{broadcast::Broadcast, payload::Payload},
    term::{Term, VERSION, tag},
};

/// Hands a broadcast to channels, as `Endpoint.broadcast` does.
const DISPATCHER: &str = "Elixir.Phoenix.Channel.Server";

impl Wire {
    /// A broadcast for all other nodes.
    ///
    /// # Errors
    /// If a Phoenix node could not read it, or turn it into a message for its clients.
    pub(crate) fn for_all(&self, broadcast: &Broadcast) -> Result<Vec<u8>, EncodeError> {
        self.message("except", &self.node, broadcast)
    }

    /// A broadcast for the subscribers of one node.
    ///
    /// # Errors
    /// As `for_all`.
    pub(crate) fn for_one(
        &self,
        node: &str,
        broadcast: &Broadcast,
    ) -> Result<Vec<u8>, EncodeError> {
        match node.chars().count() {
            0..=255 => self.message("only", node, broadcast),
            _ => Err(EncodeError::new(
                "the name of a node has at most 255 characters",
            )),
        }
    }

    fn message(
        &self,
        mode: &str,
        node: &str,
        broadcast: &Broadcast,
    ) -> Result<Vec<u8>, EncodeError> {
        let payload = payload(broadcast)?;
        let message = [
            ("__struct__", atom(BROADCAST)),
            ("event", Term::text(broadcast.event())),
            ("payload", payload),
            ("topic", Term::text(broadcast.topic())),
        ];
        let message = message.map(|(key, value)| (atom(key), value));
        let parts = vec![
            Term::Int(3),
            atom(mode),
            atom(node),
            Term::text(broadcast.topic()),
            Term::Map(message.into()),
            atom(DISPATCHER),
        ];
        let bytes = Term::Tuple(parts).encode();
        if bytes.len() > self.most {
            return Err(EncodeError::new(format!(
                "the broadcast has {} bytes for other nodes, and {} is the most",
                bytes.len(),
                self.most
            )));
        }
        Ok(match self.compression {
            Some(level) => deflate(&bytes, level).unwrap_or(bytes),
            None => bytes,
        })
    }
}

fn atom(name: &str) -> Term {
    Term::Atom(name.to_owned())
}

fn payload(broadcast: &Broadcast) -> Result<Term, EncodeError> {
    let (topic, event) = (broadcast.topic(), broadcast.event());
    if topic.starts_with(TRACKERS) {
        return Err(EncodeError::new(
            "topics that begin with `phx_presence:` belong to Phoenix's own presence",
        ));
    }
    if event == PRESENCE_DIFF {
        return Err(EncodeError::new(
            "`presence_diff` stays on its node: each has presences of its own",
        ));
    }
    match broadcast.payload() {
        Payload::Json(text) => match parse(text)? {
            map @ Term::Map(_) => Ok(map),
            _ => Err(EncodeError::new(
                "Phoenix expects the payload to be a JSON object",
            )),
        },
        Payload::Binary(_) if topic.len().max(event.len()) > LONGEST_NAME => Err(EncodeError::new(
            "the topic and the event of a broadcast of bytes have at most 255 bytes each",
        )),
        Payload::Binary(bytes) => Ok(Term::Tuple(vec![
            atom("binary"),
            Term::Binary(bytes.to_vec()),
        ])),
        Payload::Text(_) => Err(EncodeError::new(
            "Phoenix expects the payload to be a JSON object, not plain text",
        )),
    }
}

/// The compressed form, if it is smaller.
fn deflate(bytes: &[u8], level: u32) -> Option<Vec<u8>> {
    let plain = bytes.strip_prefix(&[VERSION])?;
    let mut out = vec![VERSION, tag::COMPRESSED];
    out.extend(u32::try_from(plain.len()).ok()?.to_be_bytes());
    out.reserve_exact(bytes.len().checked_sub(out.len())?);
    let mut compress = Compress::new(Compression::new(level), true);
    let status = compress.compress_vec(plain, &mut out, FlushCompress::Finish);
    let is_smaller = matches!(status, Ok(Status::StreamEnd)) && out.len() < bytes.len();
    is_smaller.then_some(out)
}
