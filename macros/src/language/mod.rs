//! What can be written in a declaration.
//!
//! | file | what |
//! | --- | --- |
//! | `expr` | views of an expression as what this language knows |
//! | `attributes` | what Rust's own attributes say about a part of it |
//! | `key` | what a directive and a key are |
//! | `schema` | every directive and key as a table |
//! | `recover` | tokens cut into statements and arguments, so that one mistake hides no other |
//! | `unclosed` | a parenthesis that somebody has not closed yet |
//! | `vacant` | places where somebody has typed nothing yet |
//! | `options` | `key = value, nested(..)`, read against the table |
//! | `syntax` | what was meant by tokens that do not parse |
//! | `foreign` | names that people know from elsewhere |
//! | `names` | what to say about a name that does not exist |

pub(crate) mod attributes;
pub(crate) mod expr;
mod foreign;
pub(crate) mod key;
pub(crate) mod names;
pub(crate) mod options;
pub(crate) mod recover;
pub(crate) mod schema;
pub(crate) mod syntax;
pub(crate) mod unclosed;
pub(crate) mod vacant;
