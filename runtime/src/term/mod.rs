//! Erlang's external term format, which Elixir's tokens, session cookies and messages between nodes
//! carry.
//!
//! | file | what |
//! | --- | --- |
//! | `value` | a term, and how it is written |
//! | `compress` | the compressed form |
//! | `order` | Erlang's order of terms, by which maps have their keys |
//! | `read` | bytes of any author as a term, within limits |

#[cfg(any(feature = "compress", feature = "redis"))]
mod compress;
mod order;
mod read;
mod value;

pub use self::value::Term;
#[cfg(feature = "redis")]
pub(crate) use self::{
    read::{Limits, Reader, Unreadable, plain},
    value::{VERSION, big, tag},
};

#[cfg(test)]
mod tests;
