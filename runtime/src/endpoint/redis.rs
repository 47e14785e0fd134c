//! Redis as the broker, as the configuration says it.

use crate::{
    config::{BrokerTlsConfig, RedisConfig, RedisSentinelConfig, RedisWire, ServerUrls},
    pubsub::adapter::{Redis, Wire},
};

/// The adapter, or what is wrong with its keys.
pub(super) fn adapter(redis: &RedisConfig) -> Result<Redis, String> {
    if redis.compression.is_some() && redis.wire != RedisWire::Phoenix {
        return Err("`compression` has no effect without `wire = \"phoenix\"`".to_owned());
    }
    let mut adapter = servers(redis)?;
    if let Some(username) = &redis.username {
        adapter = adapter.username(username);
    }
    if let Some(password) = &redis.password {
        adapter = adapter.password(password.clone());
    }
    match &redis.tls {
        Some(tls) => certificates(adapter, tls),
        None => Ok(adapter),
    }
}

/// What the nodes say to each other.
pub(super) fn wire(redis: &RedisConfig) -> Wire {
    match redis.wire {
        RedisWire::Landfall => Wire::Landfall,
        RedisWire::Phoenix => Wire::Phoenix {
            compression: redis.compression.and_then(|level| level.try_into().ok()),
        },
    }
}

/// Where the servers are, and who knows it.
fn servers(redis: &RedisConfig) -> Result<Redis, String> {
    let both = |one, two| {
        Err(format!(
            "`redis` has both `{one}` and `{two}`; help: remove one of them"
        ))
    };
    match (&redis.url, &redis.cluster, &redis.sentinel) {
        (Some(_), Some(_), _) => both("url", "cluster"),
        (Some(_), _, Some(_)) => both("url", "sentinel"),
        (_, Some(_), Some(_)) => both("cluster", "sentinel"),
        (Some(url), ..) => Ok(Redis::new(url.clone())),
        (_, Some(cluster), _) => Ok(Redis::cluster(cluster.iter().cloned())),
        (.., Some(sentinel)) => sentinels(sentinel),
        (None, None, None) => Ok(Redis::new("redis://127.0.0.1:6379")),
    }
}

fn sentinels(sentinel: &RedisSentinelConfig) -> Result<Redis, String> {
    let Some(master) = &sentinel.master else {
        let why = "`sentinel` needs `master`; help: write the name that the sentinels know";
        return Err(why.to_owned());
    };
    let nodes = sentinel.nodes.iter().flat_map(ServerUrls::iter);
    let mut adapter = Redis::sentinel(master, nodes.cloned());
    if let Some(username) = &sentinel.username {
        adapter = adapter.sentinel_username(username);
    }
    if let Some(password) = &sentinel.password {
        adapter = adapter.sentinel_password(password.clone());
    }
    Ok(adapter)
}

fn certificates(adapter: Redis, tls: &BrokerTlsConfig) -> Result<Redis, String> {
    let adapter = tls.ca.iter().fold(adapter, Redis::ca);
    match (&tls.cert, &tls.key) {
        (Some(certificate), Some(key)) => Ok(adapter.certificate(certificate, key)),
        (None, None) => Ok(adapter),
        (Some(_), None) => Err("`cert` of `tls` needs `key`".to_owned()),
        (None, Some(_)) => Err("`key` of `tls` needs `cert`".to_owned()),
    }
}
