//! `pubsub(..)`, with the brokers below it.

use crate::language::key::{Broker, Group, Kind, Phase, key};

pub(crate) const PUBSUB: Group = Group {
    name: "pubsub",
    literal: "PubSubSettings",
    phase: Phase::Start,
    keys: &[
        key("queue", Kind::Size { least: 1 }),
        key("queue_bytes", Kind::Size { least: 1 }),
        key("adapter", Kind::Adapter),
        key("name", Kind::Text),
        key("node", Kind::Text),
        key("max_message", Kind::Size { least: 1 }),
        key("confirm", Kind::Flag),
        key("confirm_timeout", Kind::Duration),
        key("connect_timeout", Kind::Duration),
        key("required", Kind::Flag),
        key("redis", Kind::OptionalGroup(&REDIS)),
        key("nats", Kind::OptionalGroup(&NATS)),
    ],
};

/// `redis(..)` in `pubsub(..)`.
pub(crate) const REDIS: Group = Group {
    name: "redis",
    literal: "RedisSettings",
    phase: Phase::Start,
    keys: &[
        key("url", Kind::ServerUrl(Broker::Redis)),
        key("cluster", Kind::ServerUrls(Broker::Redis)),
        key("sentinel", Kind::OptionalGroup(&REDIS_SENTINEL)),
        key("username", Kind::Text),
        key("password", Kind::Secret),
        key("tls", Kind::OptionalGroup(&BROKER_TLS)),
        key(
            "wire",
            Kind::Word {
                literal: "RedisWire",
                words: &[("landfall", "Landfall"), ("phoenix", "Phoenix")],
            },
        ),
        key("compression", Kind::Range { least: 1, most: 9 }),
    ],
};

/// `sentinel(..)` in `pubsub(redis(..))`.
pub(crate) const REDIS_SENTINEL: Group = Group {
    name: "sentinel",
    literal: "RedisSentinel",
    phase: Phase::Start,
    keys: &[
        key("master", Kind::Text),
        key("nodes", Kind::ServerUrls(Broker::Redis)),
        key("username", Kind::Text),
        key("password", Kind::Secret),
    ],
};

/// `nats(..)` in `pubsub(..)`.
pub(crate) const NATS: Group = Group {
    name: "nats",
    literal: "NatsSettings",
    phase: Phase::Start,
    keys: &[
        key("url", Kind::ServerUrls(Broker::Nats)),
        key("credentials", Kind::Text),
        key("user", Kind::Text),
        key("password", Kind::Secret),
        key("token", Kind::Secret),
        key("tls", Kind::SwitchedGroup(&BROKER_TLS)),
    ],
};

/// `tls(..)` in `redis(..)` and `nats(..)`.
pub(crate) const BROKER_TLS: Group = Group {
    name: "tls",
    literal: "BrokerTls",
    phase: Phase::Start,
    keys: &[
        key("ca", Kind::Files),
        key("cert", Kind::File),
        key("key", Kind::File),
    ],
};
