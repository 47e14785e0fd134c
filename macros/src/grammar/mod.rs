//! What values may look like, and the messages about those that do not: pure functions of text.
//!
//! Both crates have this folder, `landfall` by a symbolic link. So the same code judges a value in
//! a declaration and one from a file or the environment, in the same words.

pub(crate) mod cipher;
mod excerpt;
pub(crate) mod host;
mod mistake;
pub(crate) mod names;
pub(crate) mod nats;
pub(crate) mod network;
pub(crate) mod origin;
pub(crate) mod parameter;
pub(crate) mod path;
pub(crate) mod place;
pub(crate) mod regex;
pub(crate) mod scheme;
pub(crate) mod secret;
pub(crate) mod spelling;
pub(crate) mod watcher;

pub(crate) use self::{excerpt::Excerpt, mistake::Mistake};
