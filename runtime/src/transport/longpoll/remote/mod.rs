//! Sessions of other nodes, reached by PubSub.
//!
//! Each session listens to its own topic, which the broker knows nothing of. If a request comes to
//! another node, that node sends the request there directly; the token says which node has the
//! session. It listens to a topic of its own for the session's `here`, which must come soon, for
//! its messages in `part`s, and for its `answer`. If the client of a poll is gone, the node sends
//! `leave`.
//!
//! | file | what |
//! | --- | --- |
//! | `ask` | the node that a request came to |
//! | `serve` | the node where the session is |
//! | `protocol` | what they publish |

mod ask;
mod protocol;
mod serve;

pub(super) use self::{
    ask::{RemotePosted, poll, post},
    serve::listen,
};
