//! Signed and encrypted text, byte for byte as Phoenix and Plug write and read it.
//!
//! | file | what |
//! | --- | --- |
//! | `key` | keys derived from `secret_key_base` |
//! | `term`, `term_read` | Erlang's external term format |
//! | `data` | any serde type as a term, and back |
//! | `message` | signed and encrypted bytes |
//! | `token` | data with an age |
//! | `cookie` | the `cookie` header |
//! | `csrf` | tokens that prove that a request comes from the application's own page |

pub(crate) mod cookie;
pub(crate) mod csrf;
mod data;
mod key;
pub(crate) mod message;
mod term;
mod term_read;
pub mod token;

pub(crate) use self::{
    data::{Unencodable, from_term, to_term},
    key::{Digest, KeyOptions, Keys},
    term::Term,
};

/// Bytes from the operating system's random number generator.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The standard library's hash maps could not be created either.
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    bytes
}
