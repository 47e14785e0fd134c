//! Topics, and the brokers that carry them to other nodes.

use std::time::Duration;

use super::rows::settings;
use crate::config::{
    Files, Group, RedisWire, Secret, ServerUrls, Setting,
    finding::Findings,
    key::Key,
    resolver::Resolver,
    row::{Changes, Resolve},
    shape::{Layered, Shape, When},
};

settings! {
    /// `pubsub(..)`: the endpoint's topics.
    PubSubSettings =>
    /// `pubsub`: the endpoint's topics.
    PubSubConfig {
        /// The maximum number of broadcasts that wait for delivery; refused beyond it. Default
        /// 65,536.
        start pub queue: Setting<usize> => usize = 65_536,
        /// The maximum size in bytes of all broadcasts that wait, with their encoded forms; refused
        /// beyond it. Default 64 MiB. A larger broadcast passes when nothing else waits.
        start pub queue_bytes: Setting<usize> => usize = 64 * 1024 * 1024,
        /// The name of the cluster: nodes with the same one share their topics. It has 1 to 255
        /// bytes. Default: the name of the endpoint's type.
        start pub name: Setting<String> => Option<String>,
        /// The name of this node, which no other node of the cluster may have. It has 1 to 255
        /// bytes. Default: random.
        start pub node: Setting<String> => Option<String>,
        /// The maximum size in bytes of a broadcast to other nodes; refused beyond it. Default 8
        /// MiB.
        start pub max_message: Setting<usize> => usize = 8 * 1024 * 1024,
        /// Whether joins of channels wait until the broker has confirmed the subscription of their
        /// topic. Default `true`.
        start pub confirm: Setting<bool> => bool = true,
        /// How long they wait; refused with `{"reason": "unavailable"}` beyond it. Default 2 s.
        start pub confirm_timeout: Setting<Duration> => Duration = Duration::from_secs(2),
        /// How long the broker may take to answer at start. Default 5 s.
        start pub connect_timeout: Setting<Duration> => Duration = Duration::from_secs(5),
        /// Whether the start fails if the broker cannot be reached. If not, the node starts alone,
        /// and joins the others when it can. Default `true`.
        start pub required: Setting<bool> => bool = true,
        /// `redis(..)`: Redis or Valkey as the broker. It needs the feature `redis`. Default: none.
        start pub redis: Group<RedisSettings> => Option<RedisConfig>,
        /// `nats(..)`: NATS as the broker. It needs the feature `nats`. Default: none.
        start pub nats: Group<NatsSettings> => Option<NatsConfig>,
    }

    /// `pubsub(redis(..))`: Redis or Valkey as the broker.
    RedisSettings =>
    /// `pubsub.redis`: Redis or Valkey as the broker.
    RedisConfig {
        /// The server: `redis://host:port`, `unix:/path`, and with the feature `tls` also
        /// `rediss://host:port`. It is not shown anywhere, since it may hold a password. Default
        /// `redis://127.0.0.1:6379`.
        start pub url: Setting<Secret> => Option<Secret>,
        /// Some servers of a cluster of Redis 7 or later, in place of `url`. They know the others.
        /// Default: none.
        start pub cluster: Setting<ServerUrls> => Option<ServerUrls>,
        /// `sentinel(..)`: who knows the server, in place of `url`. Default: none.
        start pub sentinel: Group<RedisSentinel> => Option<RedisSentinelConfig>,
        /// The user of the server's access control list. Default: that of the URL, or the server's
        /// own.
        start pub username: Setting<String> => Option<String>,
        /// The password. Default: that of the URL, or none.
        start pub password: Setting<Secret> => Option<Secret>,
        /// `tls(..)`: whom the node trusts, and what it shows, where the URL begins with
        /// `rediss://`. It needs the feature `tls`. Default: the authorities of the system, and
        /// nothing.
        start pub tls: Group<BrokerTls> => Option<BrokerTlsConfig>,
        /// What the nodes say to each other: `landfall`, or `phoenix` among the nodes of a Phoenix
        /// application, whose PubSub is the `name` of `pubsub` then, such as `"MyApp.PubSub"`.
        /// Default `landfall`.
        start pub wire: Setting<RedisWire> => RedisWire,
        /// zlib's level, from 1 to 9, at which messages for Phoenix nodes are compressed, those that
        /// become smaller by it. It needs `wire = phoenix`. What comes compressed is read in any
        /// case. Default: they are not compressed.
        start pub compression: Setting<usize> => Option<usize>,
    }

    /// `pubsub(redis(sentinel(..)))`: who knows which server is the master.
    RedisSentinel =>
    /// `pubsub.redis.sentinel`: who knows which server is the master.
    RedisSentinelConfig {
        /// The name of the master, as sentinels know it. It has no default.
        start pub master: Setting<String> => Option<String>,
        /// The URLs of the sentinels, as in `url`; the master is reached by the same scheme. It has
        /// no default.
        start pub nodes: Setting<ServerUrls> => Option<ServerUrls>,
        /// The user of the sentinels' access control lists. Default: that of their URLs.
        start pub username: Setting<String> => Option<String>,
        /// The password of the sentinels. Default: that of their URLs, or none.
        start pub password: Setting<Secret> => Option<Secret>,
    }

    /// `pubsub(nats(..))`: NATS as the broker.
    NatsSettings =>
    /// `pubsub.nats`: NATS as the broker.
    NatsConfig {
        /// The servers of one NATS cluster: `nats://host:port`, or `tls://host:port`, which demands
        /// TLS. They are not shown anywhere, since they may hold a password or a token. Default
        /// `nats://127.0.0.1:4222`.
        start pub url: Setting<ServerUrls> => ServerUrls = "nats://127.0.0.1:4222".into(),
        /// The path of a file with a user's JWT and seed, as NATS' own tools write it, relative to
        /// the working directory of the process. Default: none.
        start pub credentials: Setting<String> => Option<String>,
        /// The user; `password` belongs to it. Default: that of the URL, or none.
        start pub user: Setting<String> => Option<String>,
        /// The password of `user`. Default: that of the URL, or none.
        start pub password: Setting<Secret> => Option<Secret>,
        /// The token. Default: that of the URL, or none.
        start pub token: Setting<Secret> => Option<Secret>,
        /// `tls(..)`: demands TLS of all servers. Default: of those whose URL begins with `tls://`.
        start pub tls: Group<BrokerTls> => Option<BrokerTlsConfig>,
    }

    /// `tls(..)` of a broker: how its certificate is checked.
    BrokerTls =>
    /// `tls` of a broker: how its certificate is checked.
    #[derive(PartialEq, Eq)]
    BrokerTlsConfig {
        /// The authorities that sign the broker's certificate, in PEM format. Default: those of the
        /// operating system.
        start pub ca: Setting<Files> => Files,
        /// The path of this node's own certificate in PEM format, for brokers that ask for one.
        /// Default: none.
        start pub cert: Setting<String> => Option<String>,
        /// The path of its private key in PEM format. Default: none.
        start pub key: Setting<String> => Option<String>,
    }
}
