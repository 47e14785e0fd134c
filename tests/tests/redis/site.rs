//! An endpoint of which a test starts several nodes.

use landfall::{
    Endpoint, Running,
    config::Setting,
    endpoint,
    pubsub::adapter::{Adapter, Redis},
};
use landfall_tests::redis::Server;

endpoint! {
    #[allow(deprecated, reason = "it publishes and serves nothing")]
    pub(crate) struct Web;
}

/// Starts a node.
pub(crate) async fn start(
    adapter: impl Adapter,
    required: bool,
) -> Result<Running<Web>, landfall::Error> {
    let builder = Web::builder().adapter(adapter);
    let builder = builder.settings(|settings| settings.pubsub.required = Setting::exact(required));
    builder.start().await
}

/// Starts two nodes.
pub(crate) async fn clients(server: &Server) -> anyhow::Result<(Running<Web>, Running<Web>)> {
    let node = || start(Redis::new(server.url()), true);
    Ok((node().await?, node().await?))
}

endpoint! {
    pub(crate) struct Declared;

    pubsub(
        name = "MyApp.PubSub",
        node = env("LANDFALL_TEST_NODE").or("a@host"),
        redis(url = env("LANDFALL_TEST_REDIS"), wire = phoenix),
    );
}
