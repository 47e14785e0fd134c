//! An endpoint of which a test starts several nodes.

use landfall::{
    Running,
    prelude::*,
    pubsub::adapter::{Adapter, InProcess},
    testing::{self, Channel, Site},
};
use serde_json::json;

endpoint! {
    pub(crate) struct Web;

    socket("/socket", UserSocket);
}

pub(crate) struct UserSocket;

#[socket(
    channel("room:*", Room),
    channel("told:*", Told),
    channel("quiet:*", Quiet)
)]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

/// Its clients join again when broadcasts may be lost.
pub(crate) struct Room;

#[channel(UserSocket)]
impl Room {
    fn join() -> Self {
        Room
    }

    #[handle_in("shout")]
    async fn shout(&mut self, payload: Payload, out: &mut Outlet) -> anyhow::Result<()> {
        Ok(out.broadcast("shout", payload)?)
    }

    #[handle_in("shout_to_others")]
    async fn shout_to_others(&mut self, payload: Payload, out: &mut Outlet) -> anyhow::Result<()> {
        Ok(out.broadcast_from("shout", payload)?)
    }

    #[handle_in("track")]
    async fn track(&mut self, key: String, out: &mut Outlet) -> anyhow::Result<()> {
        let presence = out.handle().presence().clone();
        presence.track_as(out.id(), out.topic(), &key, json!({}))?;
        Ok(())
    }
}

/// Is told when broadcasts may be lost.
pub(crate) struct Told;

#[channel(UserSocket, on_gap = tell)]
impl Told {
    fn join() -> Self {
        Told
    }

    async fn handle_gap(&mut self, out: &mut Outlet) {
        out.push("read anew", json!({}));
    }
}

/// Goes on when broadcasts may be lost.
pub(crate) struct Quiet;

#[channel(UserSocket, on_gap = ignore)]
impl Quiet {
    fn join() -> Self {
        Quiet
    }
}

/// Starts a node.
pub(crate) async fn node(adapter: impl Adapter) -> Result<Running<Web>, landfall::Error> {
    Web::builder().adapter(adapter).start().await
}

/// Starts two nodes with clients.
pub(crate) async fn sites(broker: &InProcess) -> (Site<Web>, Site<Web>) {
    let site = || testing::start_builder(Web::builder().adapter(broker.clone()));
    (site().await, site().await)
}

/// A client of a node, in a topic.
pub(crate) async fn joined(site: &Site<Web>, topic: &str) -> anyhow::Result<Channel> {
    let client = site.connect("/socket").await?;
    Ok(client.join(topic, json!({})).await?)
}
