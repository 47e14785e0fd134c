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
//! | `resolved` | [`Config`]: what comes of all layers |
//! | `error` | what is wrong, and where it came from |

mod error;
mod extra;
mod ip;
mod resolved;
mod secret;
mod setting;
mod settings;

pub use self::{
    error::{ConfigError, ConfigErrors, Source},
    extra::Extra,
    ip::Ip,
    resolved::{Config, ConfigTypeError, HttpConfig, PubSubConfig, Scheme, UrlConfig},
    secret::Secret,
    setting::Setting,
    settings::{Http, PubSubSettings, Settings, Url},
};
use crate::socket::CheckOrigin;

/// The list of a mount's declaration is a constant.
impl From<CheckOrigin<&'static [&'static str]>> for CheckOrigin {
    fn from(check: CheckOrigin<&'static [&'static str]>) -> Self {
        match check {
            CheckOrigin::Host => CheckOrigin::Host,
            CheckOrigin::Off => CheckOrigin::Off,
            CheckOrigin::List(list) => {
                CheckOrigin::List(list.iter().map(|&origin| origin.to_owned()).collect())
            }
            CheckOrigin::Conn => CheckOrigin::Conn,
            CheckOrigin::Function(function) => CheckOrigin::Function(function),
        }
    }
}
