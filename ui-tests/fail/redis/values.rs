landfall::endpoint! {
    pub struct Web;
    pubsub(redis(url = "http://localhost", tls(cert = "node.pem"), compression = 6));
}

landfall::endpoint! {
    pub struct Spread;
    pubsub(redis(cluster = [], wire = phoenix, compression = 10, tls(key = "node.key")));
}

landfall::endpoint! {
    pub struct Mixed;
    pubsub(redis(cluster = ["redis://10.0.0.1", env("SECOND"), "localhost", 5]));
}

landfall::endpoint! {
    pub struct Inline;
    pubsub(redis(
        tls(ca = "-----BEGIN CERTIFICATE-----", cert = "", key = "-----BEGIN PRIVATE KEY-----"),
        wire = landfall,
        compression = 0,
    ));
}

fn main() {}
