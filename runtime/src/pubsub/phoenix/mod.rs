//! What the nodes of a Phoenix application say to each other through Redis, by the adapter
//! `Phoenix.PubSub.Redis` 3: one channel for all topics, and a message for each broadcast.
//!
//! A message is a term of Erlang's, `{3, mode, node, topic, message, dispatcher}`: for everybody but the
//! sender (`except`), or for one node (`only`). What reaches clients is a message that is a
//! `Phoenix.Socket.Broadcast`.
//!
//! Phoenix reads in one process, which crashes on what it cannot decode or turn into JSON: so everything is
//! checked before it is sent. Nothing that comes in makes this side fail: what cannot be used is left out,
//! with a reason.
//!
//! | file | what |
//! | --- | --- |
//! | `read` | a message as a broadcast for subscribers here |
//! | `write` | a broadcast as a message for other nodes |
//! | `jason` | a term as JSON, as Jason writes it |
//! | `structs` | dates, times and decimals, which are text in JSON |
//! | `parse` | JSON as a term |
//! | `number` | numbers in decimal |
#![allow(dead_code, unused_imports, reason = "nothing publishes by it yet")]

mod jason;
mod number;
mod parse;
mod read;
mod structs;
mod write;

pub(crate) use self::read::{Arrival, Envelope, Ignored};
use crate::term::Limits;

/// How deep a payload may be nested.
const DEPTH: usize = 256;

/// How many terms a message may have.
const TERMS: usize = 512 * 1024;

/// How many bytes of JSON a byte of a message may become: a list of small integers has four for each.
const JSON: usize = 4;

/// The topics by which Phoenix's own trackers replicate.
const TRACKERS: &str = "phx_presence:";

/// The event that a presence tells its changes by, on its own node only.
const PRESENCE_DIFF: &str = "presence_diff";

/// The maximum length in bytes of the topic and the event of a broadcast of bytes: frames have one byte
/// for each length.
const LONGEST_NAME: usize = 255;

const BROADCAST: &str = "Elixir.Phoenix.Socket.Broadcast";

/// One node among those of a Phoenix application.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    /// The name of this node.
    node: String,
    /// zlib's level, from 1 to 9, if messages are compressed.
    compression: Option<u32>,
    /// The maximum size in bytes of a message that is not compressed.
    most: usize,
}

impl Wire {
    /// `None` if the name of the node is no atom: it has more than 255 characters.
    pub(crate) fn new(node: &str, compression: Option<u32>, most: usize) -> Option<Self> {
        (node.chars().count() <= 255).then(|| Wire {
            node: node.to_owned(),
            compression,
            most,
        })
    }

    /// The channel in Redis of a PubSub that is named `MyApp.PubSub`, or `:my_pubsub`.
    pub(crate) fn channel(name: &str) -> String {
        let name = name.strip_prefix("Elixir.").unwrap_or(name);
        let name = name.strip_prefix(':').unwrap_or(name);
        format!("phx:Elixir.{name}.Adapter")
    }

    fn limits(&self) -> Limits {
        Limits {
            depth: DEPTH + 1,
            terms: TERMS,
            inflated: self.most,
            functions: true,
        }
    }
}

#[cfg(test)]
mod tests;
