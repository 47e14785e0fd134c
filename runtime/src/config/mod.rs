//! Configuration: its layers, what they resolve to, and the errors in it.
//!
//! [`Settings`] are the values of one layer, and [`Config`] is the result of all layers:
//!
//! ```
//! use landfall::{config::Setting, prelude::*};
//!
//! endpoint! {
//!     struct Edge;
//!     url(host = env("EDGE_HOST").or("localhost"));
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), landfall::Error> {
//! let builder = Edge::builder().settings(|settings| settings.url.host = Setting::given("edge.example"));
//! let edge = builder.start().await?;
//! assert_eq!(edge.config().url.host, "edge.example");
//! # edge.shutdown().await
//! # }
//! ```
//!
//! The layers are: the declaration (`endpoint!`) < a TOML file < environment variables < options
//! given at start < `init`. A later layer wins, key by key. All layers are checked together, and
//! every error names the source of its value.

// | file | what |
// | --- | --- |
// | `table` | every key, one row each: a layer ([`Settings`]) and the resolved configuration ([`Config`]) |
// | `row` | the kinds of rows: a value, a group, or a group that may be absent |
// | `at_start` | a value of a mount that is known at start |
// | `key`, `shape` | the name of a key, and the forms in which a layer can set it |
// | `setting`, `group` | how a layer gives one value, or turns a group off |
// | `item` | a value of a file of any format |
// | `ip`, `ips`, `https`, `secret`, `scheme`, `redis_wire`, `server_urls`, `latest`, `extra`, `watchers`, `live_reload` | kinds of values |
// | `list_of_names` | what values that are a list of names have in common |
// | `open` | groups whose names the application chooses: how their layers are merged |
// | `value` | how values are read from text and from a file, and the checks of each kind |
// | `resolver` | looks keys up in the layers |
// | `resolve` | resolves the layers to one configuration, and compares it with the next |
// | `file` | a configuration file |
// | `names` | the order of all names, and suggestions for a misspelt one |
// | `validate`, `origin` | the checks of a whole configuration; `grammar` checks single values |
// | `finding` | what a check finds |
// | `error` | errors, and the sources of values |

mod at_start;
mod error;
mod extra;
#[cfg(feature = "config-file")]
mod file;
#[cfg(not(feature = "config-file"))]
#[path = "file_off.rs"]
mod file;
mod filter;
mod finding;
mod group;
mod https;
mod ip;
mod ips;
mod item;
mod key;
mod latest;
mod list_of_names;
mod live_reload;
mod names;
mod open;
mod origin;
mod parameters;
mod redis_wire;
mod resolve;
mod resolver;
mod row;
mod scheme;
mod secret;
mod server_urls;
mod setting;
mod shape;
mod table;
#[cfg(all(test, feature = "config-file"))]
mod tests;
mod validate;
mod value;
mod watchers;

pub(crate) use self::{
    at_start::AtStartValue,
    filter::{Nested, Node},
    origin::check_list,
    resolve::{Layers, Resolved},
    watchers::WatcherCommand,
};

pub use self::{
    at_start::AtStart,
    error::{ConfigError, ConfigErrors, Provenance},
    extra::{Extra, Extras},
    group::Group,
    https::{CipherSuite, Ciphers, Files},
    ip::Ip,
    ips::Ips,
    latest::Latest,
    live_reload::{Attributes, Patterns, TargetWindow, TopicPatterns},
    parameters::ParameterNames,
    redis_wire::RedisWire,
    scheme::Scheme,
    secret::Secret,
    server_urls::ServerUrls,
    setting::Setting,
    table::{
        BrokerTls, BrokerTlsConfig, Config, EndpointDrainer, EndpointDrainerConfig,
        FilterParameters, FilterParametersConfig, Http, HttpConfig, Https, HttpsConfig, LiveReload,
        LiveReloadConfig, NatsConfig, NatsSettings, PubSubConfig, PubSubSettings, RedisConfig,
        RedisSentinel, RedisSentinelConfig, RedisSettings, Settings, Url, UrlConfig,
    },
    watchers::{Watcher, Watchers},
};
pub use crate::proxies::TrustedProxies;
