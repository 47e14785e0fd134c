//! What the nodes of a Phoenix application say to each other through Redis, by the adapter
//! `Phoenix.PubSub.Redis` 3: one channel for all topics, and a message for each broadcast.
//!
//! A message is a term of Erlang's, `{3, mode, node, topic, message, dispatcher}`: for everybody
//! but the sender (`except`), or for one node (`only`). What reaches clients is a message that is a
//! `Phoenix.Socket.Broadcast`.
//!
//! Phoenix reads in one process, which crashes on what it cannot decode or turn into JSON: so
//! everything is checked before it is sent. Nothing that comes in makes this side fail: what cannot
//! be used is left out, with a reason.
//!
//! | file | what |
//! | --- | --- |
//! | `wire` | one node, and how much is read and written |
//! | `read` | a message as a broadcast for subscribers here |
//! | `write` | a broadcast as a message for other nodes |
//! | `jason` | a term as JSON, as Jason writes it |
//! | `structs` | dates, times and decimals, which are text in JSON |
//! | `parse` | JSON as a term |
//! | `number` | numbers in decimal |

mod jason;
mod number;
mod parse;
mod read;
mod structs;
mod wire;
mod write;

pub(crate) use self::{read::Ignored, wire::Wire};

#[cfg(test)]
mod tests;
