//! The topics of an endpoint, and the other nodes that it shares them with.

use std::sync::Arc;

use crate::{
    config::PubSubConfig,
    error::Error,
    pubsub::{
        PubSub,
        adapter::{Adapter, NodeOptions},
    },
};

/// The topics of an endpoint with this name: its own, or those of a cluster.
pub(super) async fn start(
    endpoint: &str,
    config: &PubSubConfig,
    adapter: Option<Arc<dyn Adapter>>,
) -> Result<PubSub, Error> {
    let Some(adapter) = adapter else {
        return Ok(PubSub::with_queue(config.queue, config.queue_bytes));
    };
    let mut options = NodeOptions::new(endpoint);
    options.queue = config.queue;
    options.queue_bytes = config.queue_bytes;
    let broker = adapter.name().to_owned();
    let connected = PubSub::connect(adapter, options).await;
    connected.map_err(|error| Error::broker(&broker, error))
}
