landfall::endpoint! {
    pub struct Web;
    https(certfile = "-----BEGIN CERTIFICATE-----", keyfile = ["a.key", 5]);
}

fn main() {}
