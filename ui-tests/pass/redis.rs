use landfall::Endpoint;

const NODES: &[&str] = &["redis://10.0.0.1:6379", "redis://10.0.0.2:6379"];
const LEVEL: usize = 6;

landfall::endpoint! {
    pub struct One;
    pubsub(
        name = "MyApp.PubSub",
        redis(
            url = env("REDIS_OF_NOBODY").or("rediss://127.0.0.1:1"),
            username = "chat",
            password = insecure("hunter2", reason = "a test"),
            tls(ca = ["ca.pem", "old-ca.pem"], cert = "node.pem", key = env("KEY_OF_NOBODY").or("node.key")),
            wire = phoenix,
            compression = LEVEL,
        ),
    );
}

landfall::endpoint! {
    pub struct Spread;
    pubsub(redis(cluster = env("NODES_OF_NOBODY").or(NODES), wire = landfall, tls = false));
}

landfall::endpoint! {
    pub struct Watched;
    pubsub(redis(
        sentinel(master = "chat", nodes = ["redis://127.0.0.1:1", "redis://127.0.0.1:2"], username = "watcher"),
        tls(ca = "ca.pem"),
    ));
}

landfall::endpoint! {
    pub struct Alone;
    pubsub(redis = false);
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), landfall::Error> {
    // Without the feature, which the start says, or without a server.
    assert!(One::start().await.is_err_and(|error| error.is_broker()));
    assert!(Watched::start().await.is_err_and(|error| error.is_broker()));
    assert!(!Spread::DEF.name.is_empty());
    Alone::start().await?.shutdown().await
}
