landfall::endpoint! {
    pub struct Web;
    https(certfile = "a.pem", keyfile = "a.key");
    force_ssl(hsts = env("HSTS"));
}

fn main() {}
