landfall::endpoint! {
    pub struct Web;
    https(certfile = "a.pem", keyfile = "a.key");
    force_ssl(hsts = false, expires = 1);
}

fn main() {}
