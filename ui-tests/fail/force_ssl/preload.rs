landfall::endpoint! {
    pub struct Web;
    https(certfile = "a.pem", keyfile = "a.key");
    force_ssl(preload = true, expires = 1000);
}

fn main() {}
