//! Sessions of other nodes: a request reaches them by PubSub.
//!
//! A session listens to a topic of its own. A request that came to another node publishes there what its client wants,
//! and listens to a topic of its own for the session's `here`, which must come soon, and its `answer`. A poll whose client
//! is gone says `leave`.
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
