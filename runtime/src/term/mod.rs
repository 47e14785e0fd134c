//! Erlang's external term format, which Elixir's tokens, session cookies and messages between nodes
//! carry.
//!
//! | file | what |
//! | --- | --- |
//! | `value` | a term, and how it is written |
//! | `order` | Erlang's order of terms, by which maps have their keys |
//! | `read` | bytes of any author as a term, within limits |

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
