//! The topics of an endpoint, and the other nodes that it shares them with.

use std::sync::Arc;

#[cfg(feature = "redis")]
use super::redis;
use crate::{
    config::PubSubConfig,
    error::Error,
    pubsub::{
        PubSub,
        adapter::{Adapter, Async, NodeOptions},
    },
};

/// The topics of an endpoint with this name: its own, or those of a cluster. `declared` is the
/// declaration's adapter.
pub(super) fn start<'a>(
    endpoint: &'a str,
    config: &'a PubSubConfig,
    given: Option<Arc<dyn Adapter>>,
    declared: Option<Arc<dyn Adapter>>,
) -> Async<'a, Result<PubSub, Error>> {
    Box::pin(choose(endpoint, config, given, declared))
}

async fn choose(
    endpoint: &str,
    config: &PubSubConfig,
    given: Option<Arc<dyn Adapter>>,
    declared: Option<Arc<dyn Adapter>>,
) -> Result<PubSub, Error> {
    let adapter = match given {
        Some(given) => Some(given),
        None => one([declared, configured(config)?, nats(config)?])?,
    };
    let Some(adapter) = adapter else {
        return Ok(PubSub::with_queue(config.queue, config.queue_bytes));
    };
    let broker = adapter.name().to_owned();
    let connected = PubSub::connect(adapter, options(endpoint, config)).await;
    connected.map_err(|error| Error::broker(&broker, error))
}

/// The adapter that the configuration names.
#[cfg(feature = "redis")]
fn configured(config: &PubSubConfig) -> Result<Option<Arc<dyn Adapter>>, Error> {
    let Some(redis) = &config.redis else {
        return Ok(None);
    };
    let adapter = redis::adapter(redis).map_err(|why| Error::broker("redis", why))?;
    Ok(Some(Arc::new(adapter)))
}

#[cfg(not(feature = "redis"))]
fn configured(config: &PubSubConfig) -> Result<Option<Arc<dyn Adapter>>, Error> {
    match (&config.redis, crate::feature::Feature::REDIS.lacking()) {
        (Some(_), Some(feature)) => {
            let why = format!("{}; help: {}", feature.text, feature.help);
            Err(Error::broker("redis", why))
        }
        _ => Ok(None),
    }
}

#[cfg(feature = "nats")]
fn nats(config: &PubSubConfig) -> Result<Option<Arc<dyn Adapter>>, Error> {
    super::nats::configured(config.nats.as_ref())
}

/// The check of the configuration has refused the group.
#[cfg(not(feature = "nats"))]
fn nats(_: &PubSubConfig) -> Result<Option<Arc<dyn Adapter>>, Error> {
    Ok(None)
}

/// At most one of them: of the declaration's `adapter`, and of the brokers that are configured.
fn one(
    [declared, redis, nats]: [Option<Arc<dyn Adapter>>; 3],
) -> Result<Option<Arc<dyn Adapter>>, Error> {
    let named = declared.map(|adapter| ("adapter", adapter));
    let brokers = [
        redis.map(|redis| ("redis", redis)),
        nats.map(|nats| ("nats", nats)),
    ];
    let mut found = named.into_iter().chain(brokers.into_iter().flatten());
    match (found.next(), found.next()) {
        (Some((first, _)), Some((second, adapter))) => {
            let why =
                format!("`pubsub` has both `{first}` and `{second}`; help: remove one of them");
            Err(Error::broker(adapter.name(), why))
        }
        (first, _) => Ok(first.map(|(_, adapter)| adapter)),
    }
}

fn options(endpoint: &str, config: &PubSubConfig) -> NodeOptions {
    let mut options = NodeOptions::new(config.name.as_deref().unwrap_or(endpoint));
    if let Some(node) = &config.node {
        options.node = node.as_str().into();
    }
    options.queue = config.queue;
    options.queue_bytes = config.queue_bytes;
    options.max_message = config.max_message;
    options.confirm = config.confirm;
    options.confirm_timeout = config.confirm_timeout;
    options.connect_timeout = config.connect_timeout;
    options.required = config.required;
    #[cfg(feature = "redis")]
    if let Some(redis) = &config.redis {
        options.wire = redis::wire(redis);
    }
    options
}
