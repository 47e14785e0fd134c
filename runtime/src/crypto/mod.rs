//! Signed and encrypted text, byte for byte as Phoenix and Plug write and read it.
//!
//! | file | what |
//! | --- | --- |
//! | `key` `options` | keys derived from `secret_key_base`, and their options |
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
pub(crate) mod options;
pub mod token;

pub(crate) use self::{
    data::{Unencodable, from_term, to_term},
    key::Keys,
    options::{Digest, KeyOptions},
    token::bad_token,
};
