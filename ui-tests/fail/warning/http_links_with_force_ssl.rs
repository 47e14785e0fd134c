#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    url(scheme = "http", host = "example.com");
    https(port = 4443);
    force_ssl(hsts = true);
}

fn main() {}
