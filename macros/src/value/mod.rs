//! Values: the checks of each kind, and what they become.
//!
//! | file | what |
//! | --- | --- |
//! | `check` | each key's value, by its kind |
//! | `host`, `origin`, `pattern`, `place`, `proxies`, `secret`, `server_urls`, `connect_info`, `formats`, `closure` | kinds that need more words; text is judged by `grammar` |
//! | `lower` | groups, and values that are set at start, as expressions of the runtime's types |
//! | `constant`, `at_start` | values that are part of the binary, or known at start |
//! | `duration`, `list`, `word` | what such values are made of |

mod at_start;
pub(crate) mod check;
pub(crate) mod closure;
pub(crate) mod connect_info;
mod constant;
mod duration;
pub(crate) mod formats;
pub(crate) mod host;
pub(crate) mod latest;
mod list;
pub(crate) mod lower;
pub(crate) mod origin;
pub(crate) mod pattern;
pub(crate) mod place;
pub(crate) mod proxies;
pub(crate) mod secret;
pub(crate) mod server_urls;
mod word;
