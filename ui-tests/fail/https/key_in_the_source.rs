landfall::endpoint! {
    pub struct Web;
    https(cert = CERTIFICATE, key = "-----BEGIN PRIVATE KEY-----");
}

fn main() {}
