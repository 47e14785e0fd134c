landfall::endpoint! {
    pub struct Web;
    https(certfile = "a.pem", keyfile = "a.key");
    force_ssl(hst = true);
}

fn main() {}
