//! One node among those of a Phoenix application, and how much of a message is read and written.

use crate::term::Limits;

/// How deep a payload may be nested.
pub(super) const DEPTH: usize = 256;

/// How many terms a message may have.
pub(super) const TERMS: usize = 512 * 1024;

/// How many bytes of JSON a byte of a message may become: a list of small integers has four for
/// each.
pub(super) const JSON: usize = 4;

/// The topics by which Phoenix's own trackers replicate.
pub(super) const TRACKERS: &str = "phx_presence:";

/// The event that a presence tells its changes by, on its own node only.
pub(super) const PRESENCE_DIFF: &str = "presence_diff";

/// The maximum length in bytes of the topic and the event of a broadcast of bytes: frames have one
/// byte for each length.
pub(super) const LONGEST_NAME: usize = 255;

pub(super) const BROADCAST: &str = "Elixir.Phoenix.Socket.Broadcast";

/// One node among those of a Phoenix application.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    /// The name of this node.
    pub(super) node: String,
    /// zlib's level, from 1 to 9, if messages are compressed.
    pub(super) compression: Option<u32>,
    /// The maximum size in bytes of a message that is not compressed.
    pub(super) most: usize,
}

impl Wire {
    /// A name has at most 255 characters, and a level is from 1 to 9.
    pub(crate) fn new(node: &str, compression: Option<u32>, most: usize) -> Self {
        Wire {
            node: node.to_owned(),
            compression: compression.map(|level| level.clamp(1, 9)),
            most,
        }
    }

    /// The channel in Redis of a PubSub that is named `MyApp.PubSub`, or `:my_pubsub`.
    pub(crate) fn channel(name: &str) -> String {
        let name = name.strip_prefix("Elixir.").unwrap_or(name);
        let name = name.strip_prefix(':').unwrap_or(name);
        format!("phx:Elixir.{name}.Adapter")
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            depth: DEPTH + 1,
            terms: TERMS,
            inflated: self.most,
            functions: true,
        }
    }
}
