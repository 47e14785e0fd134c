//! The form in which replicas tell each other what they track. What is read is input: everything is
//! bounded.

// | file | what |
// | --- | --- |
// | `writer`, `reader` | numbers and texts |
// | `seen` | which numbers of a replica were seen |
// | `delta` | what a replica tracks, and what it has seen |
// | `message` | what replicas tell each other |

mod delta;
mod message;
mod reader;
mod seen;
mod writer;

#[cfg(any(test, feature = "fuzzing"))]
pub(super) use self::message::read;
pub(super) use self::{
    message::{Message, Place, read_for, write},
    reader::Unreadable,
};

/// Bytes of a message.
const MAX_MESSAGE: usize = 256 * 1024;
