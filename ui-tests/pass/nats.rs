use landfall::Endpoint;

const SERVERS: &[&str] = &["nats://10.0.0.1:4222", "tls://10.0.0.2:4222"];

landfall::endpoint! {
    pub struct Web;
    pubsub(
        name = "cluster",
        required = false,
        nats(
            url = env("SERVERS_OF_NOBODY").or(SERVERS),
            user = "ship",
            password = env("PASSWORD_OF_NOBODY"),
            tls(ca = ["a.pem", "b.pem"], cert = "node.pem", key = env("KEY_OF_NOBODY").or("node.key")),
        ),
    );
}

landfall::endpoint! {
    pub struct Local;
    pubsub(nats(tls, credentials = "node.creds"));
}

landfall::endpoint! {
    pub struct Alone;
    pubsub(nats = false);
}

landfall::endpoint! {
    pub struct Named;
    pubsub(nats(
        url = "nats://localhost",
        token = insecure("ahoy", reason = "a test"),
        tls = false,
    ));
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), landfall::Error> {
    let declared = Web::settings().pubsub.nats;
    assert!(declared.get().is_some_and(|nats| nats.tls.get().is_some()));
    // Without the feature, which the start says, or without credentials and without a server.
    assert!(Local::start().await.is_err_and(|error| error.is_config() || error.is_broker()));
    assert!(Named::start().await.is_err_and(|error| error.is_config() || error.is_broker()));
    Alone::start().await?.shutdown().await
}
