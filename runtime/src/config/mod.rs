//! Configuration: what layers say, what comes of it, and what is wrong with it.
//!
//! Layers, the later winning key by key: the declaration (`endpoint!`) < a TOML file < environment variables < options
//! given at start < `init`. All of them are checked together, and every finding says where its value came from.
//!
//! | file | what |
//! | --- | --- |
//! | `table` | every key, one row each: layers ([`Settings`]) and what comes of them ([`Config`]) |
//! | `row` | what stands in a row: a value, a group, or what may be absent |
//! | `setting` | how a layer gives one value |
//! | `ip`, `https`, `secret`, `scheme`, `extra` | kinds of values |
//! | `value` | how they are read from text and TOML, and what none of a kind may be |
//! | `resolve` | from layers to one configuration |
//! | `file` | a configuration file |
//! | `names` | the order of all names, and what a mistaken one may have meant |
//! | `validate`, `origin` | the checks; what a value may look like is `grammar`'s |
//! | `error` | what is wrong, and where it came from |

mod error;
mod extra;
mod file;
mod https;
mod ip;
mod names;
mod origin;
mod resolve;
mod row;
mod scheme;
mod secret;
mod setting;
mod table;
#[cfg(test)]
mod tests;
mod validate;
mod value;

pub(crate) use self::{origin::check_list, resolve::Layers};

pub use self::{
    error::{ConfigError, ConfigErrors, Source},
    extra::{ConfigTypeError, Extra, Extras},
    https::{CipherSuite, Files},
    ip::Ip,
    scheme::Scheme,
    secret::Secret,
    setting::Setting,
    table::{
        Config, Http, HttpConfig, Https, HttpsConfig, PubSubConfig, PubSubSettings, Settings, Url,
        UrlConfig,
    },
};
pub use crate::proxies::TrustedProxies;
