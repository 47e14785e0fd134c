landfall::endpoint! {
    pub struct Web;
    https(certfile = "a.pem", keyfile = "a.key", cipher_suite = medium);
}

fn main() {}
