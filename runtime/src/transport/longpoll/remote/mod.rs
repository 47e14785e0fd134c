//! Sessions of other nodes, reached by PubSub.
//!
//! Each session listens to its own topic. If a request comes to another node, that node publishes
//! the request there. It listens to a topic of its own for the session's `here`, which must come
//! soon, and for its `answer`. If the client of a poll is gone, the node publishes `leave`.
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
    ask::{poll, post},
    serve::listen,
};
