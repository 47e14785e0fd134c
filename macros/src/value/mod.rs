//! Values: the checks of each kind, and what they become.
//!
//! | file | what |
//! | --- | --- |
//! | `check` | each key's value, by its kind |
//! | `host`, `origin`, `pattern`, `place`, `proxies`, `secret`, `server_urls`, `connect_info`, `formats`, `closure` | kinds that need more words; text is judged by `grammar` |
//! | `lower`, `at_start` | groups and values as expressions of the runtime's types |

mod at_start;
pub(crate) mod check;
pub(crate) mod closure;
pub(crate) mod connect_info;
pub(crate) mod formats;
pub(crate) mod host;
pub(crate) mod latest;
pub(crate) mod lower;
pub(crate) mod origin;
pub(crate) mod pattern;
pub(crate) mod place;
pub(crate) mod proxies;
pub(crate) mod secret;
pub(crate) mod server_urls;
