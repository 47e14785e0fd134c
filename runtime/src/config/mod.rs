//! Configuration: what layers say, what comes of it, and what is wrong with it.
//!
//! Layers, the later winning key by key: the declaration (`endpoint!`) < a TOML file < environment variables < options
//! given at start < `init`. All of them are checked together, and every finding says where its value came from.
//!
//! | file | what |
//! | --- | --- |
//! | `setting` | how a layer gives one value |
//! | `settings` | one layer |
//! | `ip`, `secret`, `extra` | kinds of values |
//! | `value` | how they are read from text and TOML |
//! | `keys` | all names, and what a mistaken one may have meant |
//! | `file` | a configuration file |
//! | `resolve` | from layers to one configuration |
//! | `resolved` | [`Config`]: what comes of all layers |
//! | `validate`, `host`, `origin`, `proxies` | the checks |
//! | `changes` | in what two configurations differ |
//! | `error` | what is wrong, and where it came from |

mod changes;
mod error;
mod extra;
mod file;
mod host;
mod ip;
mod keys;
mod origin;
mod proxies;
mod resolve;
mod resolved;
mod secret;
mod setting;
mod settings;
#[cfg(test)]
mod tests;
mod validate;
mod value;

pub(crate) use self::{origin::check_list, resolve::Layers};

pub use self::{
    error::{ConfigError, ConfigErrors, Source},
    extra::Extra,
    ip::Ip,
    resolved::{Config, ConfigTypeError, HttpConfig, PubSubConfig, Scheme, UrlConfig},
    secret::Secret,
    setting::Setting,
    settings::{Http, PubSubSettings, Settings, Url},
};
pub use crate::proxies::TrustedProxies;
