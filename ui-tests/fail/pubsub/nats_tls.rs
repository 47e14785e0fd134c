landfall::endpoint! {
    pub struct Web;
    pubsub(nats(tls(ca = "-----BEGIN CERTIFICATE-----", cacert = "ca.pem")));
}

fn main() {}
