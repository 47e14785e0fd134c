//! What every open connection is, whatever carries it: identity, topics, requests to stop, limits,
//! and callbacks.
//!
//! | file | what |
//! | --- | --- |
//! | `connected` | what a connection begins with |
//! | `shared` | the shared half of a connection: what its task, broadcasts, other tasks and the sweeper reach |
//! | `link` | what it is to its socket, and to topics |
//! | `out` | the way out to one client, as far as transports differ in it |
//! | `pulled` `replay` | the way out of driven connections: pieces wait until the transport takes or acknowledges them |
//! | `tally` | how much waits for a client, and how much more may |
//! | `callbacks` | calls a callback; what comes before it |
//! | `end` | how it ends |
//! | `place` | where a callback's future runs, without its type |
//! | `guarded` | a socket in the hands of a connection: it is told its end once |
//! | `describe` `counts` | what is told of it to those who ask who is here |
//! | `stop` | requests to stop, and what each comes to |
//! | `subscriptions` | the topics that go straight to a client |
//! | `registry` `clock` | all open connections of a mount: swept for silence, drained at the end |
//! | `sweep` | whether its client is still there, and its callbacks return |
//! | `driver` `outgoing` `format` | the public face, for transports that are not a stream |

pub(super) mod callbacks;
pub(super) mod clock;
pub(super) mod connected;
mod counts;
mod describe;
pub(super) mod driver;
pub(super) mod end;
pub(super) mod format;
pub(super) mod guarded;
mod link;
pub(super) mod out;
pub(super) mod outgoing;
mod place;
mod pulled;
pub(super) mod registry;
mod replay;
pub(super) mod shared;
pub(super) mod stop;
mod subscriptions;
pub(super) mod sweep;
pub(super) mod tally;
