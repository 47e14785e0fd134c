//! What values may look like, and what is said of those that do not: pure functions of text.
//!
//! Both crates have this folder, `landfall` by a symbolic link: what is written in a declaration and what comes from a file
//! or the environment is judged by the same code, in the same words.

pub(crate) mod host;
mod mistake;
pub(crate) mod names;
pub(crate) mod network;
pub(crate) mod origin;
pub(crate) mod path;
pub(crate) mod scheme;
pub(crate) mod secret;
pub(crate) mod spelling;

pub(crate) use self::mistake::Mistake;
