//! An endpoint of which a test starts several nodes.

use landfall::{Endpoint, Running, endpoint, pubsub::adapter::Adapter};

endpoint! {
    pub(crate) struct Site;
}

/// Starts a node.
pub(crate) async fn node(adapter: impl Adapter) -> Result<Running<Site>, landfall::Error> {
    Site::builder().adapter(adapter).start().await
}
